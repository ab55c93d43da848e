// Script checks as blocks and the mempool run them.
#include <boost/test/unit_test.hpp>

#include "consensus/rules/script_check.h"
#include "consensus/script/taproot.h"
#include "consensus/script/templates.h"
#include "crypto/schnorr.h"

namespace sluice::rules {
namespace {

// One taproot coin, spent by its key on the chain with this genesis block.
std::shared_ptr<const SpendingTx> taproot_spend(const BlockHash& signed_for, const BlockHash& checked_on) {
    const SecretKey key = SecretKey::from_bytes(Bytes(32, 3)).value();
    TxOut coin;
    coin.asset = AssetId{};
    coin.value = Amount{1000};
    coin.script = script::make_witness_program(1, XOnlyPubKey::from(key.pubkey()).view());
    Transaction tx;
    tx.inputs.emplace_back();
    tx.inputs[0].prevout.index = 0;
    tx.outputs.push_back(coin);
    const std::vector<TxOut> spent = {coin};
    const script::TxHashes hashes = script::compute_tx_hashes(tx, spent, signed_for);
    const auto digest = script::sighash_taproot(tx, 0, spent, script::kSighashDefault, script::SigVersion::kTaproot, {},
                                                *hashes.taproot);
    tx.inputs[0].witness.script_witness = {sign_schnorr(key, digest->view(), Bytes(32, 0))};
    return make_spending(make_tx(std::move(tx)), spent, checked_on);
}

BOOST_AUTO_TEST_CASE(a_taproot_signature_is_good_on_its_own_chain_only) {
    BlockHash ours;
    ours.bytes[0] = 1;
    BlockHash other;
    other.bytes[0] = 2;
    std::vector<ScriptCheck> checks;
    append_checks(checks, taproot_spend(ours, ours), script::kMandatoryFlags);
    append_checks(checks, taproot_spend(ours, other), script::kMandatoryFlags);
    BOOST_REQUIRE(checks.size() == 2u);
    BOOST_TEST(run(checks[0]).has_value());
    const auto elsewhere = run(checks[1]);
    BOOST_REQUIRE(!elsewhere);
    BOOST_TEST(script_failure(checks[1], elsewhere.error()).reason ==
               "mandatory-script-verify-flag-failed (Invalid Schnorr signature)");
}

}  // namespace
}  // namespace sluice::rules
