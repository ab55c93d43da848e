#include "consensus/rules/pak.h"

#include "confidential/whitelist_proof.h"
#include "consensus/script/script.h"
#include "consensus/script/templates.h"
#include "crypto/keys.h"

namespace sluice::rules {
namespace {

bool pays_key(ByteView destination, const Hash160& key_hash) {
    const Script program = script::make_p2wpkh(key_hash);
    for (const Script& expected : {script::make_p2pkh(key_hash), program, script::p2sh_of(program)}) {
        if (equal(expected.view(), destination)) return true;
    }
    return false;
}

bool check_proof(const script::PegoutShape& pegout, const std::vector<fed_rules::PakEntry>& list) {
    if (list.empty() || pegout.further.size() != 2) return false;
    const ByteView key_bytes = pegout.further[0];
    const ByteView proof = pegout.further[1];
    if (key_bytes.size() != PubKey::kCompressedSize) return false;
    const std::optional<PubKey> key = PubKey::parse(key_bytes);
    if (!key || !pays_key(pegout.destination, key->hash160())) return false;
    std::vector<PubKey> online;
    std::vector<PubKey> offline;
    for (const fed_rules::PakEntry& entry : list) {
        online.push_back(entry.online);
        offline.push_back(entry.offline);
    }
    return confidential::verify_whitelist_proof(online, offline, *key, proof);
}

}  // namespace

bool pegout_is_authorized(const Script& pegout, const std::vector<fed_rules::PakEntry>& list,
                          const ChainParams& params) {
    const auto shape = script::parse_pegout(pegout.view());
    return shape && equal(shape->genesis, params.parent.genesis.view()) && check_proof(*shape, list);
}

std::optional<size_t> unauthorized_pegout(const Transaction& tx, const std::vector<fed_rules::PakEntry>& list,
                                          const ChainParams& params) {
    for (size_t i = 0; i < tx.outputs.size(); ++i) {
        const TxOut& out = tx.outputs[i];
        if (!out.asset.is_explicit() || out.asset.explicit_value() != params.pegged_asset) continue;
        const auto pegout = script::parse_pegout(out.script.view());
        if (!pegout || !equal(pegout->genesis, params.parent.genesis.view())) continue;
        if (!check_proof(*pegout, list)) return i;
    }
    return std::nullopt;
}

}  // namespace sluice::rules
