#include "support/slow_script/assembler.h"

#include "crypto/ecdsa.h"
#include "crypto/schnorr.h"
#include "support/slow_script/curve.h"
#include "support/slow_script/digest.h"
#include "support/slow_script/machine.h"
#include "support/slow_script/tokens.h"

namespace sluice::slow {

namespace {
SecretKey secret(uint8_t which) {
    return SecretKey::from_bytes(Bytes(32, static_cast<uint8_t>(which % 3 + 1))).value();
}
}  // namespace

Octets test_key(uint8_t which) { return to_bytes(secret(which).pubkey().view()); }
Octets sign_digest(uint8_t which, const Digest& digest) { return sign_ecdsa(secret(which), Hash256(digest)); }
Octets sign_message(uint8_t which, const Octets& message) { return sign_schnorr(secret(which), message, Bytes(32, 0)); }

void Assembler::push(const Octets& data) {
    const bool small = data.size() == 1 && ((data[0] >= 1 && data[0] <= 16) || data[0] == 0x81);
    if (small && !draw_.once_in(8)) {
        op(data[0] == 0x81 ? 0x4f : static_cast<uint8_t>(0x50 + data[0]));
        return;
    }
    append(script_, push_instruction(data));
}
void Assembler::push_int(int64_t value) { push(script_number(Int(value))); }
void Assembler::push_number() {
    if (draw_.once_in(10)) return push(draw_.bytes(draw_.below(7)));
    push_int(draw_.of<int64_t>({0,          1,           -1,         2,           3,           4,           5,
                                7,          8,           9,          16,          17,          31,          32,
                                64,         127,         128,        -127,        -128,        255,         256,
                                519,        520,         521,        4160,        32767,       65535,       65536,
                                2147483647, -2147483647, 2147483648, 499'999'999, 500'000'000, draw_.byte()}));
}
void Assembler::push_wide() {
    if (draw_.once_in(20)) return push(draw_.bytes(draw_.below(10)));
    const auto value = static_cast<uint64_t>(draw_.of<int64_t>({0,
                                                                1,
                                                                -1,
                                                                2,
                                                                -2,
                                                                3,
                                                                -3,
                                                                10,
                                                                -10,
                                                                INT64_MAX,
                                                                INT64_MIN,
                                                                INT64_MAX - 1,
                                                                INT64_MIN + 1,
                                                                0x7fffffff,
                                                                -0x7fffffff,
                                                                0x80000000,
                                                                -0x80000000LL,
                                                                0x100000000,
                                                                3037000499,
                                                                3037000500,
                                                                -3037000500,
                                                                draw_.byte() - 128}));
    Octets out = magnitude(Int(value));
    out.resize(8, 0);
    push(out);
}

void Assembler::push_key(uint8_t which) {
    Octets key = test_key(which);
    if (version_ == Version::kTapscript && !draw_.once_in(12)) return push({key.begin() + 1, key.end()});
    switch (draw_.below(10)) {
        case 0: return push(uncompressed(key, 4));
        case 1: return push(uncompressed(key, draw_.of<uint8_t>({6, 7})));
        case 2: key[draw_.below(33)] ^= draw_.byte(); return push(key);
        case 3: return push(draw_.bytes(draw_.of<size_t>({0, 1, 32, 33, 65})));
        default: return push(key);
    }
}

void Assembler::fetch(size_t which) {
    op(0x74);  // DEPTH
    push_int(static_cast<int64_t>(which) + 1);
    op(0x94);  // SUB
    op(0x79);  // PICK
}

size_t Assembler::new_signature(uint8_t key) {
    Slot slot;
    slot.key = key;
    slot.hash_type =
        version_ == Version::kTapscript
            ? draw_.of<uint8_t>({0, 0, 1, 2, 3, 0x81, 0x82, 0x83, 0x41, draw_.byte()})
            : draw_.of<uint8_t>({1, 1, 2, 3, 0x81, 0x82, 0x83, 0x41, 0x42, 0x43, 0xc1, 0xc2, 0xc3, 0, draw_.byte()});
    slot.spoil = draw_.once_in(5) ? draw_.byte() : uint8_t{0};
    slot.code_begins = code_begins_;
    slot.separator = separator_;
    if (draw_.once_in(12)) {
        slot.is_plain = true;
        slot.bytes = draw_.bytes(draw_.of<size_t>({0, 0, 1, 9, 64, 65, 72}));
    }
    slots_.push_back(slot);
    return slots_.size() - 1;
}

namespace {

// The same signature in another form, or no signature any more.
Octets spoiled(Octets sig, uint8_t how, uint8_t key, const Digest& digest) {
    if (sig.size() < 9) return sig;
    const bool der = sig[0] == 0x30 && sig.size() != 64;
    switch (how % 8) {
        case 1: sig[how % sig.size()] ^= how; return sig;
        case 2: sig.pop_back(); return sig;
        case 3: return {};
        case 4: return der ? other_s(sign_digest(key, digest)) : sig;
        case 5:  // the outer length in two bytes
            if (der) sig.insert(sig.begin() + 1, 0x81);
            return sig;
        case 6:  // R padded
            if (der) {
                sig.insert(sig.begin() + 4, how % 3, 0);
                sig[3] = static_cast<uint8_t>(sig[3] + how % 3);
                sig[1] = static_cast<uint8_t>(sig[1] + how % 3);
            }
            return sig;
        case 7: sig.push_back(how); return sig;
        default: return sig;
    }
}

}  // namespace

std::vector<Octets> Assembler::arguments(const Spending& on, const TaprootState& state) const {
    std::vector<Octets> out;
    for (const Slot& slot : slots_) {
        if (slot.is_plain) {
            out.push_back(slot.bytes);
            continue;
        }
        const Octets code(script_.begin() + static_cast<std::ptrdiff_t>(std::min(slot.code_begins, script_.size())),
                          script_.end());
        Octets sig;
        Digest digest{};
        if (version_ == Version::kTapscript) {
            TaprootState here = state;
            here.separator = slot.separator;
            digest = taproot_digest(on, slot.hash_type, true, here).value_or(Digest{});
            sig = sign_message(slot.key, octets(digest));
        } else {
            digest = version_ == Version::kV0 ? v0_digest(on, code, slot.hash_type)
                                              : legacy_digest(on, code, slot.hash_type);
            sig = sign_digest(slot.key, digest);
        }
        sig = spoiled(sig, slot.spoil, slot.key, digest);
        if (!sig.empty() && !(version_ == Version::kTapscript && slot.hash_type == 0)) sig.push_back(slot.hash_type);
        out.push_back(sig);
    }
    return out;
}

void Assembler::finish(size_t depth) {
    for (; depth_ > 0; --depth_) op(0x68);
    for (; depth >= 2; depth -= 2) op(0x6d);
    if (depth == 1) op(0x75);
    op(0x51);
}

void Assembler::draw_script() {
    const uint32_t arguments = draw_.below(4);
    for (uint32_t i = 0; i < arguments; ++i) {
        Slot slot;
        slot.is_plain = true;
        slot.bytes = draw_.bytes(draw_.of<size_t>({0, 1, 2, 8, 32, 40, 80}));
        slots_.push_back(slot);
    }
    const uint32_t most = 1 + draw_.below(40);
    for (uint32_t i = 0; i < most && !draw_.empty(); ++i) instruction();
    if (draw_.once_in(4)) return;
    for (; depth_ > 0; --depth_) op(0x68);
}

void Assembler::instruction() {
    switch (draw_.below(25)) {
        case 0: return op(draw_.byte());  // anything, whole or not
        case 1:
        case 2: return op(static_cast<uint8_t>(0x61 + draw_.below(0x5a)));
        case 3:
        case 4: return op(static_cast<uint8_t>(0xba + draw_.below(0x2c)));
        case 5:
        case 6: return push_number();
        case 7: return push(draw_.bytes(draw_.of<size_t>({0, 1, 2, 3, 8, 32, 33, 75, 76, 255, 256, 519, 520, 521})));
        case 8: return op(static_cast<uint8_t>(0x6b + draw_.below(0x13)));  // stack
        case 9:
        case 10: return arithmetic();
        case 11:
        case 12: return strings();
        case 13: return numbers();
        case 14:
        case 15: return inspect();
        case 16: return stream();
        case 17:
        case 18: return check_signature();
        case 19: return check_multisig();
        case 20: return check_message();
        case 21: return curve();
        case 22: return branch();
        case 23: return limits();
        default: return separate();
    }
}

void Assembler::arithmetic() {
    if (draw_.once_in(4)) {
        push_number();
        push_wide();
        return op(draw_.of<uint8_t>({0xe0, 0xe1, 0xe2, 0xdb}));
    }
    push_wide();
    push_wide();
    op(static_cast<uint8_t>(0xd7 + draw_.below(9)));
}

void Assembler::strings() {
    push(draw_.bytes(draw_.of<size_t>({0, 1, 2, 5, 20, 80, 500, 520})));
    switch (draw_.below(4)) {
        case 0:
            push_number();
            push_number();
            return op(draw_.of<uint8_t>({0x7f, 0xc3}));
        case 1: push_number(); return op(draw_.of<uint8_t>({0x80, 0x81, 0x98, 0x99}));
        case 2:
            push(draw_.bytes(draw_.of<size_t>({0, 1, 2, 5, 20, 80, 500, 520})));
            return op(draw_.of<uint8_t>({0x7e, 0x84, 0x85, 0x86, 0x87, 0x88}));
        default: return op(draw_.of<uint8_t>({0x82, 0x83, 0xa6, 0xa7, 0xa8, 0xa9, 0xaa}));
    }
}

void Assembler::numbers() {
    push_number();
    push_number();
    if (draw_.once_in(4)) {
        push_number();
        return op(draw_.of<uint8_t>({0xa5, 0xc0}));
    }
    op(draw_.once_in(3) ? static_cast<uint8_t>(0x8b + draw_.below(8)) : static_cast<uint8_t>(0x93 + draw_.below(0x12)));
    if (draw_.once_in(3)) op(draw_.of<uint8_t>({0xb1, 0xb2}));
}

void Assembler::inspect() {
    if (draw_.once_in(3)) return op(draw_.of<uint8_t>({0xcd, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6}));
    push_int(draw_.of<int64_t>({0, 0, 0, 1, 1, 2, 3, -1, 1'000'000}));
    op(draw_.of<uint8_t>({0xc7, 0xc8, 0xc9, 0xca, 0xcb, 0xcc, 0xce, 0xcf, 0xd0, 0xd1}));
}

void Assembler::stream() {
    if (draw_.once_in(3)) {  // a context of our own making
        Octets context = draw_.bytes(32);
        const uint64_t bits = draw_.of<uint64_t>({0, 8, 512, 520, 7, 0x1ff, 0xfffffffffffffff8, 0xfffffffffffffe00});
        for (int i = 0; i < 8; ++i) context.push_back(static_cast<uint8_t>(bits >> (8 * i)));
        context.resize(40 + (draw_.once_in(6) ? draw_.below(70) : bits / 8 % 64), 7);
        push(context);
    } else {
        push(draw_.bytes(draw_.of<size_t>({0, 1, 55, 63, 64, 65, 200, 520})));
        op(0xc4);
    }
    for (uint32_t more = draw_.below(3); more > 0; --more) {
        push(draw_.bytes(draw_.of<size_t>({0, 1, 8, 63, 64, 65, 130})));
        op(0xc5);
    }
    push(draw_.bytes(draw_.below(70)));
    op(0xc6);
}

void Assembler::check_signature() {
    const auto key = static_cast<uint8_t>(draw_.below(3));
    fetch(new_signature(key));
    if (version_ == Version::kTapscript && draw_.once_in(3)) {
        push_number();
        push_key(key);
        return op(0xba);
    }
    push_key(draw_.once_in(12) ? static_cast<uint8_t>(key + 1) : key);
    op(draw_.once_in(3) ? 0xad : 0xac);
}

void Assembler::check_multisig() {
    const uint32_t keys = draw_.below(4);
    const uint32_t sigs = keys == 0 ? 0 : draw_.below(keys + 1);
    push(draw_.once_in(6) ? draw_.bytes(1) : Octets{});
    for (uint32_t i = 0; i < sigs; ++i)
        fetch(new_signature(static_cast<uint8_t>(draw_.once_in(5) ? draw_.below(3) : i)));
    push_int(draw_.once_in(12) ? draw_.below(25) : sigs);
    for (uint32_t i = 0; i < keys; ++i) push_key(static_cast<uint8_t>(i));
    push_int(draw_.once_in(12) ? draw_.below(25) : keys);
    op(draw_.once_in(3) ? 0xaf : 0xae);
}

void Assembler::check_message() {
    const auto key = static_cast<uint8_t>(draw_.below(3));
    Octets message = draw_.bytes(draw_.of<size_t>({0, 1, 31, 32, 33, 100}));
    Octets sig = version_ == Version::kTapscript ? sign_message(key, message) : sign_digest(key, sha(message));
    if (draw_.once_in(4)) sig = spoiled(sig, draw_.byte(), key, sha(message));
    if (draw_.once_in(8)) message.push_back(1);
    push(sig);
    push(message);
    push_key(key);
    op(draw_.of<uint8_t>({0xc1, 0xc2}));
}

void Assembler::curve() {
    const Octets point = test_key(draw_.byte());
    Octets scalar = draw_.once_in(5) ? Octets(32, draw_.of<uint8_t>({0, 0xff})) : draw_.bytes(32);
    if (draw_.once_in(2)) {
        const auto product = PubKey::parse(point)->multiply(scalar);
        Octets result = product ? to_bytes(product->view()) : point;
        if (draw_.once_in(5)) result[draw_.below(33)] ^= draw_.byte();
        if (draw_.once_in(8)) scalar.pop_back();
        push(result);
        push(draw_.once_in(8) ? uncompressed(point, 4) : point);
        push(scalar);
        return op(0xe3);
    }
    const XOnlyPubKey internal = XOnlyPubKey::from(PubKey::parse(point).value());
    const auto sum = internal.add_tweak(scalar);
    Octets result{static_cast<uint8_t>(sum && sum->is_odd ? 3 : 2)};
    append(result, sum ? sum->key.view() : internal.view());
    if (draw_.once_in(5)) result[draw_.below(33)] ^= draw_.byte();
    push(result);
    push(scalar);
    push(to_bytes(internal.view()));
    op(0xe4);
}

void Assembler::branch() {
    if (depth_ > 0 && draw_.once_in(2)) {
        if (draw_.once_in(2)) return op(0x67);
        --depth_;
        return op(0x68);
    }
    if (!draw_.once_in(4))
        push(draw_.of<Octets>({Octets{}, Octets{1}, Octets{1}, Octets{2}, Octets{0}, Octets{0x80}, Octets{0, 1}}));
    op(draw_.of<uint8_t>({0x63, 0x64}));
    ++depth_;
}

// Near what a script may do: operations, elements on both stacks, bytes of the script.
void Assembler::limits() {
    if (draw_.once_in(4)) {
        for (uint32_t i = draw_.of<uint32_t>({18, 19, 20}); i > 0; --i) {
            push(Octets(520, 1));
            op(0x75);
        }
        return;
    }
    const auto repeated = draw_.of<uint8_t>({0x61, 0x6e, 0x6f, 0x74, 0x51, 0x76, 0x6b});
    for (uint32_t i = draw_.of<uint32_t>({20, 190, 200, 201, 202, 333, 334, 500, 1000, 1001}); i > 0; --i) op(repeated);
}

void Assembler::separate() {
    uint32_t instructions = 0;
    for (size_t at = 0; at < script_.size(); ++instructions) at = read_token(script_, at).end;
    op(0xab);
    if (depth_ > 0) return;
    separator_ = instructions;
    code_begins_ = script_.size();
}

}  // namespace sluice::slow
