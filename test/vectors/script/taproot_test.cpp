// BIP341's wallet vectors with Elements' tags: leaves, trees, tweaked keys, control blocks, and the hash of signature
// messages.
#include "consensus/script/taproot.h"
#include "codec/hex.h"
#include "crypto/keys.h"
#include "support/vectors.h"

namespace sluice::script::test {
namespace {

using nlohmann::json;

Bytes hex(const json& text) { return from_hex(text.get<std::string>()).value(); }

// A tree is a leaf or a pair of trees. The leaves' hashes are appended in order.
Hash256 tree_root(const json& tree, std::vector<Hash256>& leaves) {
    if (tree.is_array()) {
        const Hash256 left = tree_root(tree[0], leaves);
        const Hash256 right = tree_root(tree[1], leaves);
        return tapbranch_hash(left.view(), right.view());
    }
    leaves.push_back(tapleaf_hash(tree["leafVersion"].get<uint8_t>(), hex(tree["script"])));
    return leaves.back();
}

void check_output(const json& c) {
    const json& tree = c["given"]["scriptTree"];
    std::vector<Hash256> leaves;
    Bytes root;
    if (!tree.is_null()) root = to_bytes(tree_root(tree, leaves).view());
    const json& between = c["intermediary"];
    // The file's leafHashes are still Bitcoin's, unlike the roots made of them: only the roots are compared.
    if (!tree.is_null()) BOOST_TEST(to_hex(root) == between["merkleRoot"].get<std::string>());
    const auto internal = XOnlyPubKey::parse(hex(c["given"]["internalPubkey"])).value();
    const Hash256 tweak = taptweak_hash(internal.view(), root);
    BOOST_TEST(to_hex(tweak.view()) == between["tweak"].get<std::string>());
    const auto output = internal.add_tweak(tweak.view()).value();
    BOOST_TEST(to_hex(output.key.view()) == between["tweakedPubkey"].get<std::string>());
    const json controls = c["expected"].value("scriptPathControlBlocks", json::array());
    for (size_t i = 0; i < controls.size(); ++i) {
        Bytes control = hex(controls[i]);
        BOOST_TEST(verify_taproot_commitment(control, output.key.view(), leaves[i]), "control block " << i);
        control[0] ^= 1;
        BOOST_TEST(!verify_taproot_commitment(control, output.key.view(), leaves[i]));
    }
}

BOOST_AUTO_TEST_CASE(bip341_outputs_and_messages) {
    const auto file = sluice::test::load_vectors("core/bip341_wallet_vectors.json");
    if (!file) return;
    size_t count = 0;
    for (const json& c : file->value("scriptPubKey", json::array())) {
        BOOST_TEST_CONTEXT(c["intermediary"].dump()) { check_output(c); }
        ++count;
    }
    for (const json& c : file->value("keyPathSpending", json::array())) {
        for (const json& input : c["inputSpending"]) {
            const json& between = input["intermediary"];
            const Hash256 digest = tagged_hash("TapSighash/elements", hex(between["sigMsg"]));
            BOOST_TEST(to_hex(digest.view()) == between["sigHash"].get<std::string>());
            const json& root = input["given"]["merkleRoot"];
            const Hash256 tweak = taptweak_hash(hex(between["internalPubkey"]), root.is_null() ? Bytes{} : hex(root));
            BOOST_TEST(to_hex(tweak.view()) == between["tweak"].get<std::string>());
            ++count;
        }
    }
    sluice::test::report_cases("core/bip341_wallet_vectors.json", count);
}

}  // namespace
}  // namespace sluice::script::test
