#include "consensus/rules/pak.h"

#include "consensus/script/script.h"
#include "consensus/script/templates.h"
#include "crypto/keys.h"

namespace sluice::rules {
namespace {

constexpr size_t kProofHead = 33;  // key count, first hash
constexpr size_t kProofKey = 32;   // a number for each key

bool pays_key(ByteView destination, const Hash160& key_hash) {
    const Script program = script::make_p2wpkh(key_hash);
    for (const Script& expected : {script::make_p2pkh(key_hash), program, script::p2sh_of(program)}) {
        if (equal(expected.view(), destination)) return true;
    }
    return false;
}

PakAnswer check_proof(const script::PegoutShape& pegout, const std::vector<fed_rules::PakEntry>& list) {
    if (list.empty() || pegout.further.size() != 2) return PakAnswer::kRefused;
    const ByteView key_bytes = pegout.further[0];
    const ByteView proof = pegout.further[1];
    if (key_bytes.size() != PubKey::kCompressedSize) return PakAnswer::kRefused;
    const std::optional<PubKey> key = PubKey::parse(key_bytes);
    if (!key || !pays_key(pegout.destination, key->hash160())) return PakAnswer::kRefused;
    if (proof.empty() || proof[0] != list.size() || proof.size() != kProofHead + kProofKey * list.size()) return PakAnswer::kRefused;
    return PakAnswer::kCannotVerify;
}

}  // namespace

PakAnswer check_pak(const Transaction& tx, const std::vector<fed_rules::PakEntry>& list, const ChainParams& params) {
    for (const TxOut& out : tx.outputs) {
        if (!out.asset.is_explicit() || out.asset.explicit_value() != params.pegged_asset) continue;
        const auto pegout = script::parse_pegout(out.script.view());
        if (!pegout || !equal(pegout->genesis, params.parent.genesis.view())) continue;
        const PakAnswer answer = check_proof(*pegout, list);
        if (answer != PakAnswer::kAllowed) return answer;
    }
    return PakAnswer::kAllowed;
}

}  // namespace sluice::rules
