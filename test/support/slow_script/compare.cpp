#include "support/slow_script/compare.h"

#include "codec/hex.h"
#include "consensus/script/interpreter.h"
#include "consensus/script/introspection.h"
#include "consensus/script/tx_checker.h"
#include "crypto/schnorr.h"

namespace sluice::slow {
namespace {

// What verify_input uses inside, for scripts that run by themselves.
class Checker final : public script::TransactionChecker<script::ElementsLayout> {
public:
    Checker(const script::ElementsLayout& layout, ByteView value, const SpendCase& on, const script::TxHashes& hashes)
        : TransactionChecker(layout, on.index, value, hashes.v0), seen_{on.tx, on.spent, *hashes.taproot, on.index} {}
    [[nodiscard]] script::ScriptResult check_schnorr(ByteView signature, ByteView pubkey, script::SigVersion version,
                                                     const script::TaprootContext& context) const override {
        if (signature.size() != 64 && signature.size() != 65) return script_fail(script::ScriptError::kSchnorrSigSize);
        const uint8_t type = signature.size() == 65 ? signature[64] : uint8_t{0};
        if (signature.size() == 65 && type == 0) return script_fail(script::ScriptError::kSchnorrSigHashtype);
        const auto digest =
            script::sighash_taproot(seen_.tx, seen_.index, seen_.spent, type, version, context, seen_.hashes);
        if (!digest) return script_fail(script::ScriptError::kSchnorrSigHashtype);
        if (!verify_schnorr(pubkey, digest->view(), signature.first(64)))
            return script_fail(script::ScriptError::kSchnorrSig);
        return {};
    }
    [[nodiscard]] const script::Introspection* introspection() const override { return &seen_; }

private:
    script::Introspection seen_;
};

std::string name(const script::ScriptResult& result) { return result ? "OK" : std::string(short_name(result.error())); }

std::string show(const std::vector<Octets>& stack) {
    std::string out = "[";
    for (const Octets& item : stack) out += " " + to_hex(item);
    return out + " ]";
}

}  // namespace

Comparison compare(const SpendCase& c) {
    const script::TxHashes hashes = script::compute_tx_hashes(c.tx, c.spent, c.genesis);
    const std::string ours = name(script::verify_input(c.tx, c.index, c.spent, c.flags, hashes));
    const std::string slow = spend(c.spending());
    if (ours == slow) return {slow, {}};
    return {slow, "spend: we say " + ours + ", the slow reading " + slow + "; scriptPubKey " +
                      to_hex(c.spent[c.index].script.view()) + ", scriptSig " +
                      to_hex(c.tx.inputs[c.index].script_sig.view()) + ", flags " + std::to_string(c.flags) +
                      ", witness " + show(c.tx.inputs[c.index].witness.script_witness)};
}

Comparison compare(const ScriptCase& c) {
    script::TxHashes hashes = script::compute_tx_hashes(c.on.tx, c.on.spent, c.on.genesis);
    if (!hashes.taproot) hashes.taproot = script::compute_taproot_hashes(c.on.tx, c.on.spent, c.on.genesis);
    ByteWriter value;
    describe(static_cast<Writer&>(value), c.on.spent[c.on.index].value);
    const script::ElementsLayout layout(c.on.tx);
    const Checker checker(layout, value.bytes(), c.on, hashes);
    const script::SigVersion version = c.version == Version::kLegacy ? script::SigVersion::kBase
                                       : c.version == Version::kV0   ? script::SigVersion::kWitnessV0
                                                                     : script::SigVersion::kTapscript;
    script::TaprootContext context;
    context.has_annex = c.state.has_annex;
    context.annex_hash = Hash256(c.state.annex);
    context.leaf_hash = Hash256(c.state.leaf);
    context.validation_weight_left = c.state.budget;
    script::Stack stack(c.stack.begin(), c.stack.end());
    const std::string ours = name(script::eval_script(stack, c.script, c.on.flags, checker, version, context));
    const Outcome slow = run(c.on.spending(), c.version, c.stack, c.script, c.state);
    const bool same_end = ours != "OK" || (std::vector<Octets>(stack.begin(), stack.end()) == slow.stack &&
                                           context.validation_weight_left == slow.budget);
    if (ours == slow.verdict && same_end) return {slow.verdict, {}};
    return {slow.verdict, "script: we say " + ours + " " + show(stack) + ", the slow reading " + slow.verdict + " " +
                              show(slow.stack) + "; version " + std::to_string(static_cast<int>(c.version)) +
                              ", flags " + std::to_string(c.on.flags) + ", script " + to_hex(c.script) + ", on " +
                              show(c.stack)};
}

}  // namespace sluice::slow
