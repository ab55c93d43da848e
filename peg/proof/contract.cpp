#include "peg/proof/contract.h"

#include "consensus/script/script.h"
#include "consensus/script/templates.h"

namespace sluice::peg {
namespace {

using script::Instruction;
using script::ScriptParser;

constexpr size_t kKey = PubKey::kCompressedSize;

// A number in its shortest form, or OP_1..OP_16 and their like.
bool is_number(const Instruction& in) {
    return in.opcode <= script::OP_16 && (!in.is_push() || script::is_minimal_push(in.data, in.opcode));
}
bool same(const Instruction& a, const Instruction& b) { return a.opcode == b.opcode && equal(a.data, b.data); }

// Reads on until an instruction of `opcode` was read.
bool skip_past(ScriptParser& parser, uint8_t opcode) {
    while (const auto in = parser.next()) {
        if (in->opcode == opcode) return true;
    }
    return false;
}
bool takes(ScriptParser& parser, uint8_t opcode) {
    const auto in = parser.next();
    return in && in->opcode == opcode;
}

Script wrap(const FedpegScript& fedpeg, const Script& inner) {
    const Script program = script::p2wsh_of(inner);
    return script::is_pay_to_script_hash(fedpeg.program.view()) ? script::p2sh_of(program) : program;
}

}  // namespace

Hash256 contract_tweak(ByteView pubkey, const Script& claim_script) { return hmac_sha256(pubkey, claim_script.view()); }

bool is_liquid_watchman(const Script& script) {
    ScriptParser parser(script.view());
    if (!takes(parser, script::OP_DEPTH) || !parser.next() || !takes(parser, script::OP_EQUAL) ||
        !takes(parser, script::OP_IF)) {
        return false;
    }
    const auto threshold = parser.next();
    if (!threshold || !is_number(*threshold)) return false;
    // The reference begins to look for ELSE at the threshold itself, which is none.
    if (!skip_past(parser, script::OP_ELSE)) return false;
    const auto delay = parser.next();
    if (!delay || !is_number(*delay)) return false;
    if (!takes(parser, script::OP_CHECKSEQUENCEVERIFY) || !takes(parser, script::OP_DROP)) return false;
    const auto emergency = parser.next();
    if (!emergency || !is_number(*emergency) || same(*emergency, *threshold)) return false;
    return skip_past(parser, script::OP_ENDIF) && takes(parser, script::OP_CHECKMULTISIG) && parser.at_end();
}

std::optional<Script> tweak_fedpegscript(const Script& fedpegscript, const Script& claim_script) {
    const bool watchman = is_liquid_watchman(fedpegscript);
    bool emergency = false;
    script::ScriptBuilder out;
    ScriptParser parser(fedpegscript.view());
    while (const auto in = parser.next()) {
        if (watchman && in->opcode == script::OP_ELSE) emergency = true;
        if (in->data.size() == kKey && !emergency) {
            const std::optional<PubKey> key = PubKey::parse(in->data);
            if (!key) return std::nullopt;
            const std::optional<PubKey> tweaked = key->add_tweak(contract_tweak(in->data, claim_script).view());
            if (!tweaked) return std::nullopt;
            out.push(tweaked->view());
        } else if (!in->data.empty()) {
            out.push(in->data);
        } else {
            out.op(in->opcode);
        }
    }
    return out.build();
}

std::optional<SecretKey> tweak_secret(const SecretKey& key, const Script& claim_script) {
    return key.add_tweak(contract_tweak(key.pubkey().view(), claim_script).view());
}

std::optional<Script> deposit_script(const FedpegScript& fedpeg, const Script& claim_script) {
    const auto program = script::parse_witness_program(fedpeg.program.view());
    if (program && program->version > 0) return std::nullopt;
    const std::optional<Script> tweaked = tweak_fedpegscript(fedpeg.script, claim_script);
    if (!tweaked) return std::nullopt;
    return wrap(fedpeg, *tweaked);
}

Script federation_script(const FedpegScript& fedpeg) { return wrap(fedpeg, fedpeg.script); }

}  // namespace sluice::peg
