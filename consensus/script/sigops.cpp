#include "consensus/script/sigops.h"

#include "consensus/script/script.h"

namespace sluice::script {

size_t count_sigops(ByteView script, bool accurate) {
    size_t count = 0;
    uint8_t previous = OP_INVALIDOPCODE;
    ScriptParser parser(script);
    while (const auto instruction = parser.next()) {
        switch (instruction->opcode) {
            case OP_CHECKSIG:
            case OP_CHECKSIGVERIFY:
            case OP_CHECKSIGFROMSTACK:
            case OP_CHECKSIGFROMSTACKVERIFY: count += 1; break;
            case OP_CHECKMULTISIG:
            case OP_CHECKMULTISIGVERIFY:
                count += accurate && is_small_number(previous) ? previous - (OP_1 - 1) : kMaxPubkeysPerMultisig;
                break;
            default: break;
        }
        previous = instruction->opcode;
    }
    return count;
}

namespace {
// What the last instruction pushes; nothing when the script does not parse or does more than push.
std::optional<ByteView> last_push(ByteView script) {
    ByteView last;
    ScriptParser parser(script);
    while (const auto instruction = parser.next()) {
        if (instruction->opcode > OP_16) return std::nullopt;
        last = instruction->data;
    }
    return parser.at_end() ? std::optional(last) : std::nullopt;
}

size_t count_program(const WitnessProgram& program, const WitnessStack& witness) {
    if (program.is_key_hash()) return 1;
    if (program.is_script_hash() && !witness.empty()) return count_sigops(witness.back(), true);
    return 0;
}
}  // namespace

size_t count_p2sh_sigops(const Script& script_sig, const Script& script_pubkey) {
    if (!is_pay_to_script_hash(script_pubkey.view())) return 0;
    const std::optional<ByteView> redeem_script = last_push(script_sig.view());
    return redeem_script ? count_sigops(*redeem_script, true) : 0;
}

size_t count_witness_sigops(const Script& script_sig, const Script& script_pubkey, const WitnessStack& witness,
                            Flags flags) {
    if ((flags & kVerifyWitness) == 0) return 0;
    if (const auto program = parse_witness_program(script_pubkey.view())) return count_program(*program, witness);
    if (!is_pay_to_script_hash(script_pubkey.view())) return 0;
    const std::optional<ByteView> redeem_script = last_push(script_sig.view());
    const auto program = redeem_script ? parse_witness_program(*redeem_script) : std::nullopt;
    return program ? count_program(*program, witness) : 0;
}

size_t count_legacy_sigops(const Transaction& tx) {
    size_t count = 0;
    for (const TxIn& in : tx.inputs) count += count_sigops(in.script_sig.view(), false);
    for (const TxOut& out : tx.outputs) count += count_sigops(out.script.view(), false);
    return count;
}

}  // namespace sluice::script
