// Opcodes of the slow reading that check signatures, stream hashes and multiply points.
#include <algorithm>

#include "support/slow_script/curve.h"
#include "support/slow_script/digest.h"
#include "support/slow_script/machine.h"
#include "support/slow_script/tokens.h"

namespace sluice::slow {

namespace {

bool is_compressed_key(const Octets& key) { return key.size() == 33 && (key[0] == 2 || key[0] == 3); }
bool is_plain_key(const Octets& key) { return is_compressed_key(key) || (key.size() == 65 && key[0] == 4); }
// Those, and the hybrid form: the point itself is judged when it is used.
bool is_any_key(const Octets& key) { return is_plain_key(key) || (key.size() == 65 && (key[0] == 6 || key[0] == 7)); }

// One DER integer of BIP66 that fills in[begin, end): shortest form, not negative.
bool is_der_integer(const Octets& in, size_t begin, size_t end) {
    if (end <= begin || end > in.size() || in[begin] >= 0x80) return false;
    return end - begin == 1 || in[begin] != 0 || in[begin + 1] >= 0x80;
}

// BIP66 over a signature with its hash type byte: 30 [length] 02 [length] R 02 [length] S [type].
bool is_bip66(const Octets& sig) {
    if (sig.size() < 9 || sig.size() > 73) return false;
    const size_t r_begin = 4;
    const size_t r_end = r_begin + sig[3];
    if (r_end + 2 > sig.size()) return false;
    const size_t s_begin = r_end + 2;
    const size_t s_end = s_begin + sig[r_end + 1];
    if (s_end + 1 != sig.size()) return false;
    return sig[0] == 0x30 && sig[1] == sig.size() - 3 && sig[2] == 2 && sig[r_end] == 2 &&
           is_der_integer(sig, r_begin, r_end) && is_der_integer(sig, s_begin, s_end);
}

}  // namespace

void demand_schnorr(const Spending& on, const Octets& sig, const Octets& key, bool script_path,
                    const TaprootState& state) {
    if (sig.size() != 64 && sig.size() != 65) refuse("SCHNORR_SIG_SIZE");
    const uint8_t type = sig.size() == 65 ? sig[64] : 0;
    if (sig.size() == 65 && type == 0) refuse("SCHNORR_SIG_HASHTYPE");
    const auto digest = taproot_digest(on, type, script_path, state);
    if (!digest) refuse("SCHNORR_SIG_HASHTYPE");
    if (!schnorr_holds(key, octets(*digest), Octets(sig.begin(), sig.begin() + 64))) refuse("SCHNORR_SIG");
}

void Machine::check_encoding(const Octets& sig, const Octets& key, uint32_t flags) const {
    if (!sig.empty()) {
        Octets typed = sig;
        if ((flags & kNoHashByte) != 0) typed.push_back(1);
        if ((flags & (kDerSig | kLowS | kStrictEnc)) != 0 && !is_bip66(typed)) refuse("SIG_DER");
        if ((flags & kLowS) != 0 && !has_low_s(Octets(typed.begin(), typed.end() - 1))) refuse("SIG_HIGH_S");
        if ((flags & kStrictEnc) != 0) {
            const int type = typed.back() & ~0x80 & ((flags & kRangeproof) != 0 ? ~0x40 : ~0);
            if (type != 1 && type != 2 && type != 3) refuse("SIG_HASHTYPE");
        }
    }
    if ((flags & kStrictEnc) != 0 && !is_plain_key(key)) refuse("PUBKEYTYPE");
    if ((flags & kWitnessKeyType) != 0 && version_ == Version::kV0 && !is_compressed_key(key))
        refuse("WITNESS_PUBKEYTYPE");
}

Octets Machine::code() const { return {script_.begin() + static_cast<std::ptrdiff_t>(code_begins_), script_.end()}; }

// Legacy signatures cannot cover themselves: their pushes go, where an instruction begins.
void Machine::forget(Octets& code, const Octets& sig) const {
    if (version_ != Version::kLegacy) return;
    const Octets pattern = push_instruction(sig);
    Octets kept;
    bool found = false;
    size_t at = 0;
    while (true) {
        while (code.size() - at >= pattern.size() &&
               std::equal(pattern.begin(), pattern.end(), code.begin() + static_cast<std::ptrdiff_t>(at))) {
            at += pattern.size();
            found = true;
        }
        if (at >= code.size()) break;
        const Token token = read_token(code, at);
        const size_t next = token.whole ? token.end : code.size();
        kept.insert(kept.end(), code.begin() + static_cast<std::ptrdiff_t>(at),
                    code.begin() + static_cast<std::ptrdiff_t>(next));
        at = next;
    }
    if (!found) return;
    if (has(kConstScriptCode)) refuse("SIG_FINDANDDELETE");
    code = kept;
}

bool Machine::ecdsa(const Octets& sig, const Octets& key, const Octets& code) const {
    if (sig.empty() || !is_any_key(key)) return false;
    const Digest digest =
        version_ == Version::kV0 ? v0_digest(on_, code, sig.back()) : legacy_digest(on_, code, sig.back());
    return ecdsa_holds(key, Octets(sig.begin(), sig.end() - 1), digest);
}

// True or false is the answer; anything worse is thrown.
bool Machine::signed_by(const Octets& sig, const Octets& key) {
    if (!tapscript()) {
        Octets covered = code();
        forget(covered, sig);
        check_encoding(sig, key, on_.flags);
        const bool good = ecdsa(sig, key, covered);
        if (!good && !sig.empty() && has(kNullFail)) refuse("NULLFAIL");
        return good;
    }
    if (!sig.empty()) spend_budget();
    if (key.empty()) refuse("PUBKEYTYPE");
    if (key.size() != 32) {
        if (has(kDiscourageKeyType)) refuse("DISCOURAGE_UPGRADABLE_PUBKEYTYPE");
    } else if (!sig.empty()) {
        demand_schnorr(on_, sig, key, true, state_);
    }
    return !sig.empty();
}

bool Machine::signature(uint8_t opcode, size_t end) {
    if (opcode == 0xab) {  // CODESEPARATOR
        code_begins_ = end;
        state_.separator = position_;
        return true;
    }
    if (opcode == 0xac || opcode == 0xad) {  // CHECKSIG, CHECKSIGVERIFY
        want(2);
        const bool good = signed_by(at(2), at(1));
        drop(2);
        push_truth(good);
        if (opcode == 0xad) verify("CHECKSIGVERIFY");
        return true;
    }
    if (opcode == 0xba && tapscript()) {  // CHECKSIGADD
        want(3);
        const Int sum = read(2);
        const bool good = signed_by(at(3), at(1));
        drop(3);
        push_int(sum + (good ? 1 : 0));
        return true;
    }
    return false;
}

bool Machine::multisig(uint8_t opcode) {
    if (opcode != 0xae && opcode != 0xaf) return false;
    if (tapscript()) refuse("TAPSCRIPT_CHECKMULTISIG");
    want(1);
    const Int key_count = read(1);
    if (key_count < 0 || key_count > 20) refuse("PUBKEY_COUNT");
    const auto n = static_cast<size_t>(key_count);
    counted_ += static_cast<int>(n);
    if (counted_ > 201) refuse("OP_COUNT");
    want(n + 2);
    const Int sig_count = read(n + 2);
    if (sig_count < 0 || sig_count > key_count) refuse("SIG_COUNT");
    const auto k = static_cast<size_t>(sig_count);
    want(n + k + 3);           // one more than is used
    std::vector<Octets> keys;  // the last pushed first
    std::vector<Octets> sigs;
    for (size_t i = 0; i < n; ++i) keys.push_back(at(2 + i));
    for (size_t i = 0; i < k; ++i) sigs.push_back(at(3 + n + i));
    Octets covered = code();
    for (const Octets& sig : sigs) forget(covered, sig);
    size_t matched = 0;
    for (size_t i = 0; i < n && matched < k && k - matched <= n - i; ++i) {
        check_encoding(sigs[matched], keys[i], on_.flags);
        if (ecdsa(sigs[matched], keys[i], covered)) ++matched;
    }
    if (matched < k && has(kNullFail) && std::ranges::any_of(sigs, [](const Octets& sig) { return !sig.empty(); }))
        refuse("NULLFAIL");
    drop(n + k + 2);
    if (has(kNullDummy) && !at(1).empty()) refuse("SIG_NULLDUMMY");
    drop(1);
    push_truth(matched == k);
    if (opcode == 0xaf) verify("CHECKMULTISIGVERIFY");
    return true;
}

bool Machine::from_stack(uint8_t opcode) {
    if (opcode != 0xc1 && opcode != 0xc2) return false;
    want(3);
    const Octets sig = at(3);
    const Octets message = at(2);
    const Octets key = at(1);
    bool good = true;
    if (!tapscript()) {
        check_encoding(sig, key, on_.flags | kNoHashByte);
        if (!is_any_key(key) || !ecdsa_holds(key, sig, sha(message))) refuse("CHECKSIGVERIFY");
    } else {
        good = !sig.empty();
        if (good) spend_budget();
        if (key.empty()) refuse("PUBKEYTYPE");
        if (key.size() != 32 && has(kDiscourageKeyType)) refuse("DISCOURAGE_UPGRADABLE_PUBKEYTYPE");
        if (key.size() == 32 && good) {
            if (sig.size() != 64) refuse("SCHNORR_SIG_SIZE");
            if (!schnorr_holds(key, message, sig)) refuse("SCHNORR_SIG");
        }
    }
    drop(3);
    push_truth(good);
    if (opcode == 0xc2) verify("CHECKSIGVERIFY");
    return true;
}

bool Machine::stream(uint8_t opcode) {
    if (opcode < 0xc4 || opcode > 0xc6) return false;
    const size_t operands = opcode == 0xc4 ? 1 : 2;
    want(operands);
    PlainSha256 hash;
    if (operands == 2) {
        const Octets& context = at(2);
        if (context.size() < 40) refuse("SHA2_CONTEXT_LOAD");
        for (size_t i = 0; i < 8; ++i) {
            hash.words[i] = 0;
            for (size_t j = 0; j < 4; ++j) hash.words[i] = hash.words[i] * 256 + context[4 * i + j];
        }
        const Int bits = from_magnitude(Octets(context.begin() + 32, context.begin() + 40));
        if (bits % 8 != 0 || context.size() != 40 + bits / 8 % 64) refuse("SHA2_CONTEXT_LOAD");
        hash.bytes = static_cast<uint64_t>(Int(bits / 8));
        hash.rest.assign(context.begin() + 40, context.end());
    }
    if (Int(hash.bytes) + at(1).size() > (Int(1) << 61) - 1) refuse("SHA2_CONTEXT_WRITE");
    hash.eat(at(1));
    drop(operands);
    if (opcode == 0xc6) {
        push(octets(hash.digest()));
        return true;
    }
    Octets context;
    for (const uint32_t word : hash.words) {
        for (int shift = 24; shift >= 0; shift -= 8) context.push_back(static_cast<uint8_t>(word >> shift));
    }
    Octets bits = magnitude(Int(hash.bytes) * 8);
    bits.resize(8, 0);
    context.insert(context.end(), bits.begin(), bits.end());
    context.insert(context.end(), hash.rest.begin(), hash.rest.end());
    push(context);
    return true;
}

bool Machine::points(uint8_t opcode) {
    if (opcode != 0xe3 && opcode != 0xe4) return false;
    if (stack_.size() < 3) refuse("UNKNOWN_ERROR");
    const Octets third = at(3);
    const Octets second = at(2);
    const Octets first = at(1);
    bool good = false;
    if (opcode == 0xe3) {  // Q P k: Q = k P
        if (!is_compressed_key(third) || !is_compressed_key(second)) refuse("PUBKEYTYPE");
        spend_budget();
        good = first.size() == 32 && multiplies(third, second, first);
    } else {  // Q k P: Q = P + k G
        if (!is_compressed_key(third) || second.size() != 32 || first.size() != 32) refuse("PUBKEYTYPE");
        spend_budget();
        good = tweaks(Octets(third.begin() + 1, third.end()), third[0] == 3, first, second);
    }
    if (!good) refuse("ECMULTVERIFYFAIL");
    drop(3);
    return true;
}

}  // namespace sluice::slow
