#include "support/slow_script/machine.h"

#include <algorithm>

#include "support/slow_script/curve.h"
#include "support/slow_script/tokens.h"

namespace sluice::slow {

void refuse(const char* name) { throw Refusal{name}; }

Octets magnitude(Int value) {
    Octets out;
    for (; value != 0; value >>= 8) out.push_back(static_cast<uint8_t>(value & 0xff));
    return out;
}
Int from_magnitude(const Octets& bytes) {
    Int out = 0;
    for (size_t i = bytes.size(); i > 0; --i) out = out * 256 + bytes[i - 1];
    return out;
}
Octets script_number(const Int& value) {
    Octets out = magnitude(abs(value));
    if (value == 0) return out;
    if (out.back() >= 0x80) out.push_back(0);
    if (value < 0) out.back() = static_cast<uint8_t>(out.back() + 0x80);
    return out;
}
bool is_true(const Octets& item) {
    Octets without_sign = item;
    if (!without_sign.empty() && without_sign.back() == 0x80) without_sign.back() = 0;
    return from_magnitude(without_sign) != 0;
}

void Machine::want(size_t items) const {
    if (stack_.size() < items) refuse("INVALID_STACK_OPERATION");
}
Octets Machine::pop() {
    Octets out = stack_.back();
    stack_.pop_back();
    return out;
}
void Machine::drop(size_t items) {
    for (; items > 0; --items) stack_.pop_back();
}
void Machine::push_le(uint64_t value, size_t width) {
    Octets out = magnitude(Int(value));
    out.resize(width, 0);
    push(out);
}
Int Machine::read(size_t depth, size_t most) const {
    const Octets& item = at(depth);
    if (item.size() > most) refuse("UNKNOWN_ERROR");
    Octets bare = item;
    const bool negative = !bare.empty() && bare.back() >= 0x80;
    if (negative) bare.back() = static_cast<uint8_t>(bare.back() - 0x80);
    const Int value = negative ? -from_magnitude(bare) : from_magnitude(bare);
    // Minimal is what would be written for the same number. (A negative zero is written as nothing.)
    if (has(kMinimalData) && script_number(value) != item) refuse("UNKNOWN_ERROR");
    return value;
}
void Machine::verify(const char* otherwise) {
    if (!is_true(at(1))) refuse(otherwise);
    drop(1);
}
void Machine::spend_budget() {
    state_.budget -= 50;
    if (state_.budget < 0) refuse("TAPSCRIPT_VALIDATION_WEIGHT");
}

namespace {
bool is_minimal(const Token& token) {
    const Octets& d = token.data;
    if (d.size() == 1 && ((d[0] >= 1 && d[0] <= 16) || d[0] == 0x81)) return false;  // OP_1..OP_16, OP_1NEGATE do it
    return push_instruction(d)[0] == token.opcode;
}
}  // namespace

void Machine::run() {
    if (!tapscript() && script_.size() > 10'000) refuse("SCRIPT_SIZE");
    state_.separator = 0xffffffff;
    for (size_t at = 0; at < script_.size(); ++position_) {
        const Token token = read_token(script_, at);
        at = token.end;
        if (!token.whole) refuse("BAD_OPCODE");
        if (token.data.size() > 520) refuse("PUSH_SIZE");
        if (!tapscript() && token.opcode > 0x60 && ++counted_ > 201) refuse("OP_COUNT");
        for (const int disabled : {0x8d, 0x8e, 0x95, 0x96, 0x97}) {
            if (token.opcode == disabled) refuse("DISABLED_OPCODE");
        }
        if (token.opcode == 0xab && version_ == Version::kLegacy && has(kConstScriptCode)) refuse("OP_CODESEPARATOR");
        const bool live = std::ranges::find(branches_, false) == branches_.end();
        if (token.opcode <= 78) {
            if (live && has(kMinimalData) && !is_minimal(token)) refuse("MINIMALDATA");
            if (live) push(token.data);
        } else if (live || (token.opcode >= 0x63 && token.opcode <= 0x68)) {
            step(token.opcode, token.end);
        }
        if (stack_.size() + aside_.size() > 1000) refuse("STACK_SIZE");
    }
    if (!branches_.empty()) refuse("UNBALANCED_CONDITIONAL");
}

void Machine::step(uint8_t opcode, size_t end) {
    if (flow(opcode) || shuffle(opcode) || text(opcode) || arithmetic(opcode) || random_number(opcode) ||
        hash(opcode) || lock(opcode) || signature(opcode, end) || multisig(opcode) || from_stack(opcode)) {
        return;
    }
    if (tapscript() && (stream(opcode) || wide(opcode) || points(opcode) || inspect(opcode))) return;
    refuse("BAD_OPCODE");
}

bool Machine::flow(uint8_t opcode) {
    if (opcode == 0x4f || (opcode >= 0x51 && opcode <= 0x60)) {
        push_int(Int(opcode) - 0x50);
        return true;
    }
    const bool live = std::ranges::find(branches_, false) == branches_.end();
    switch (opcode) {
        case 0x61: return true;  // NOP
        case 0xb0:               // NOP1, NOP4..NOP10; 2 and 3 are lock times
        case 0xb3:
        case 0xb4:
        case 0xb5:
        case 0xb6:
        case 0xb7:
        case 0xb8:
        case 0xb9:
            if (has(kDiscourageNops)) refuse("DISCOURAGE_UPGRADABLE_NOPS");
            return true;
        case 0x63:    // IF
        case 0x64: {  // NOTIF
            bool taken = false;
            if (live) {
                if (stack_.empty()) refuse("UNBALANCED_CONDITIONAL");
                const Octets condition = pop();
                const bool minimal = condition == Octets{} || condition == Octets{1};
                if (tapscript() && !minimal) refuse("TAPSCRIPT_MINIMALIF");
                if (version_ == Version::kV0 && has(kMinimalIf) && !minimal) refuse("MINIMALIF");
                taken = is_true(condition) != (opcode == 0x64);
            }
            branches_.push_back(taken);
            return true;
        }
        case 0x67:  // ELSE
            if (branches_.empty()) refuse("UNBALANCED_CONDITIONAL");
            branches_.back() = !branches_.back();
            return true;
        case 0x68:  // ENDIF
            if (branches_.empty()) refuse("UNBALANCED_CONDITIONAL");
            branches_.pop_back();
            return true;
        case 0x69:  // VERIFY
            want(1);
            verify("VERIFY");
            return true;
        case 0x6a: refuse("OP_RETURN");
        default: return false;
    }
}

bool Machine::shuffle(uint8_t opcode) {
    // Items to look at, and which of them (1 is the top) to leave there in what order, the lowest first.
    struct Move {
        uint8_t opcode;
        size_t from;
        std::vector<size_t> to;
    };
    static const std::vector<Move> kMoves = {
        {0x6d, 2, {}},                  // 2DROP
        {0x6e, 2, {2, 1, 2, 1}},        // 2DUP
        {0x6f, 3, {3, 2, 1, 3, 2, 1}},  // 3DUP
        {0x70, 4, {4, 3, 2, 1, 4, 3}},  // 2OVER
        {0x71, 6, {4, 3, 2, 1, 6, 5}},  // 2ROT
        {0x72, 4, {2, 1, 4, 3}},        // 2SWAP
        {0x75, 1, {}},                  // DROP
        {0x76, 1, {1, 1}},              // DUP
        {0x77, 2, {1}},                 // NIP
        {0x78, 2, {2, 1, 2}},           // OVER
        {0x7b, 3, {2, 1, 3}},           // ROT
        {0x7c, 2, {1, 2}},              // SWAP
        {0x7d, 2, {1, 2, 1}},           // TUCK
    };
    for (const Move& move : kMoves) {
        if (move.opcode != opcode) continue;
        want(move.from);
        std::vector<Octets> items;
        for (size_t i = 1; i <= move.from; ++i) items.push_back(at(i));
        drop(move.from);
        for (const size_t which : move.to) push(items[which - 1]);
        return true;
    }
    switch (opcode) {
        case 0x6b:  // TOALTSTACK
            want(1);
            aside_.push_back(pop());
            return true;
        case 0x6c:  // FROMALTSTACK
            if (aside_.empty()) refuse("INVALID_ALTSTACK_OPERATION");
            push(aside_.back());
            aside_.pop_back();
            return true;
        case 0x73:  // IFDUP
            want(1);
            if (is_true(at(1))) push(Octets(at(1)));
            return true;
        case 0x74:  // DEPTH
            push_int(Int(stack_.size()));
            return true;
        case 0x79:    // PICK
        case 0x7a: {  // ROLL
            want(2);
            const Int depth = read(1);
            drop(1);
            if (depth < 0 || depth >= stack_.size()) refuse("INVALID_STACK_OPERATION");
            const auto place = static_cast<size_t>(stack_.size() - 1 - static_cast<size_t>(depth));
            const Octets item = stack_[place];
            if (opcode == 0x7a) stack_.erase(stack_.begin() + static_cast<std::ptrdiff_t>(place));
            push(item);
            return true;
        }
        default: return false;
    }
}

bool Machine::text(uint8_t opcode) {
    const auto cut = [](const Octets& from, size_t begin, size_t end) {
        return Octets(from.begin() + static_cast<std::ptrdiff_t>(begin),
                      from.begin() + static_cast<std::ptrdiff_t>(end));
    };
    switch (opcode) {
        case 0x7e: {  // CAT
            want(2);
            if (at(1).size() + at(2).size() > 520) refuse("INVALID_STACK_OPERATION");
            const Octets tail = pop();
            Octets whole = pop();
            whole.insert(whole.end(), tail.begin(), tail.end());
            push(whole);
            return true;
        }
        case 0x7f:    // SUBSTR
        case 0xc3: {  // SUBSTR_LAZY
            want(3);
            const Octets from = at(3);
            Int start = read(2);
            Int length = read(1);
            const Int size = from.size();
            if (opcode == 0xc3) {
                start = std::max(Int(0), start);
                length = std::max(Int(0), length);
                if (start >= size) {
                    drop(3);
                    push({});
                    return true;
                }
                length = std::min({length, Int(520), Int(size - start)});
            }
            if (start < 0 || length < 0 || start >= size || start + length > size) refuse("INVALID_STACK_OPERATION");
            drop(3);
            push(cut(from, static_cast<size_t>(start), static_cast<size_t>(Int(start + length))));
            return true;
        }
        case 0x80:    // LEFT
        case 0x81: {  // RIGHT
            want(2);
            const Octets from = at(2);
            const Int where = read(1);
            if (where < 0) refuse("UNKNOWN_ERROR");
            const size_t split = where > from.size() ? from.size() : static_cast<size_t>(where);
            drop(2);
            push(opcode == 0x80 ? cut(from, 0, split) : cut(from, split, from.size()));
            return true;
        }
        case 0x82:  // SIZE
            want(1);
            push_int(Int(at(1).size()));
            return true;
        case 0x83: {  // INVERT
            want(1);
            Octets item = pop();
            for (uint8_t& byte : item) byte = static_cast<uint8_t>(255 - byte);
            push(item);
            return true;
        }
        case 0x84:    // AND
        case 0x85:    // OR
        case 0x86: {  // XOR
            want(2);
            if (at(1).size() != at(2).size()) refuse("INVALID_STACK_OPERATION");
            const size_t size = at(1).size();
            const Int a = from_magnitude(pop());
            const Int b = from_magnitude(pop());
            Octets out = magnitude(opcode == 0x84 ? Int(a & b) : opcode == 0x85 ? Int(a | b) : Int(a ^ b));
            out.resize(size, 0);
            push(out);
            return true;
        }
        case 0x87:    // EQUAL
        case 0x88: {  // EQUALVERIFY
            want(2);
            const Octets b = pop();
            push_truth(pop() == b);
            if (opcode == 0x88) verify("EQUALVERIFY");
            return true;
        }
        case 0x98: {  // LSHIFT
            want(2);
            const Octets from = at(2);
            const Int shift = read(1);
            if (shift < 0 || from.size() + (shift + 7) / 8 > 520) refuse("INVALID_STACK_OPERATION");
            drop(2);
            push(magnitude(from_magnitude(from) << static_cast<unsigned>(shift)));
            return true;
        }
        case 0x99: {  // RSHIFT
            want(2);
            const Octets from = at(2);
            const Int shift = read(1);
            if (shift < 0) refuse("UNKNOWN_ERROR");
            drop(2);
            push(magnitude(from_magnitude(from) >> static_cast<unsigned>(std::min(shift, Int(8 * 521)))));
            return true;
        }
        default: return false;
    }
}

bool Machine::arithmetic(uint8_t opcode) {
    if ((opcode >= 0x8b && opcode <= 0x92) && opcode != 0x8d && opcode != 0x8e) {
        want(1);
        Int n = read(1);
        drop(1);
        if (opcode == 0x8b) n += 1;
        if (opcode == 0x8c) n -= 1;
        if (opcode == 0x8f) n = -n;
        if (opcode == 0x90) n = abs(n);
        if (opcode == 0x91) n = n == 0 ? 1 : 0;
        if (opcode == 0x92) n = n != 0 ? 1 : 0;
        push_int(n);
        return true;
    }
    if (opcode == 0xa5) {  // WITHIN
        want(3);
        const Int x = read(3);
        const Int low = read(2);
        const Int high = read(1);
        drop(3);
        push_truth(x >= low && x < high);
        return true;
    }
    if (opcode < 0x93 || opcode > 0xa4 || (opcode >= 0x95 && opcode <= 0x99)) return false;
    want(2);
    const Int a = read(2);
    const Int b = read(1);
    drop(2);
    switch (opcode) {
        case 0x93: push_int(a + b); break;
        case 0x94: push_int(a - b); break;
        case 0x9a: push_truth(a != 0 && b != 0); break;
        case 0x9b: push_truth(a != 0 || b != 0); break;
        case 0x9c: push_truth(a == b); break;
        case 0x9d:
            push_truth(a == b);
            verify("NUMEQUALVERIFY");
            break;
        case 0x9e: push_truth(a != b); break;
        case 0x9f: push_truth(a < b); break;
        case 0xa0: push_truth(a > b); break;
        case 0xa1: push_truth(a <= b); break;
        case 0xa2: push_truth(a >= b); break;
        case 0xa3: push_int(std::min(a, b)); break;
        default: push_int(std::max(a, b)); break;
    }
    return true;
}

bool Machine::random_number(uint8_t opcode) {
    if (opcode != 0xc0) return false;
    want(3);
    const Octets seed = at(3);
    const Int least = read(2);
    const Int most = read(1);
    if (least > most) refuse("UNKNOWN_ERROR");
    drop(3);
    if (least == most) {
        push_int(least);
        return true;
    }
    const Int span = std::min(Int(most - least), Int(0x7fffffff));
    const Int limit = ((Int(1) << 64) - 1) / span * span;
    for (Int counter = 0;; ++counter) {
        Octets seeded = seed;
        Octets suffix = magnitude(counter);
        suffix.resize(8, 0);
        seeded.insert(seeded.end(), suffix.begin(), suffix.end());
        const Octets drawn = octets(sha(seeded));
        for (std::ptrdiff_t word = 0; word < 3; ++word) {
            const Int candidate = from_magnitude(Octets(drawn.begin() + 8 * word, drawn.begin() + 8 * word + 8));
            if (candidate > limit) continue;
            push_int(candidate % span + least);
            return true;
        }
    }
}

bool Machine::hash(uint8_t opcode) {
    if (opcode < 0xa6 || opcode > 0xaa) return false;
    want(1);
    const Octets item = pop();
    if (opcode == 0xa6) push(named_hash("RIPEMD160", item));
    if (opcode == 0xa7) push(named_hash("SHA1", item));
    if (opcode == 0xa8) push(octets(sha(item)));
    if (opcode == 0xa9) push(named_hash("RIPEMD160", octets(sha(item))));
    if (opcode == 0xaa) push(octets(sha_twice(item)));
    return true;
}

bool Machine::lock(uint8_t opcode) {
    if (opcode != 0xb1 && opcode != 0xb2) return false;
    if (!has(opcode == 0xb1 ? kLockTime : kSequence)) return true;
    want(1);
    const Int wanted = read(1, 5);
    if (wanted < 0) refuse("NEGATIVE_LOCKTIME");
    const uint32_t sequence = on_.tx.inputs[on_.index].sequence;
    if (opcode == 0xb1) {
        const Int have = on_.tx.lock_time;
        const bool same_kind = (wanted < 500'000'000) == (have < 500'000'000);
        if (!same_kind || wanted > have || sequence == 0xffffffff) refuse("UNSATISFIED_LOCKTIME");
        return true;
    }
    if (wanted >> 31 & 1) return true;  // disabled by its operand
    const Int mask = 0x0040ffff;
    const Int have = Int(sequence) & mask;
    const Int masked = wanted & mask;
    const bool same_kind = (have >> 22) == (masked >> 22);
    const bool versioned = on_.tx.version >= 2 || on_.tx.version < 0;  // compared without sign
    if (!versioned || (sequence >> 31) == 1 || !same_kind || masked > have) refuse("UNSATISFIED_LOCKTIME");
    return true;
}

}  // namespace sluice::slow
