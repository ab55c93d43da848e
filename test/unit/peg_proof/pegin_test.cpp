#include <boost/test/unit_test.hpp>

#include "codec/hex.h"
#include "consensus/script/templates.h"
#include "peg/proof/contract.h"
#include "peg/proof/pegin.h"
#include "peg/proof/pegout.h"

using namespace sluice;

namespace {

struct OneBlock final : peg::ParentView {
    parent::ParentBlockHash hash;
    peg::ParentBlockStatus status;
    [[nodiscard]] std::optional<peg::ParentBlockStatus> find(const parent::ParentBlockHash& block) const override {
        return block == hash ? std::optional(status) : std::nullopt;
    }
};

// A deposit of 7 satoshi to the federation of OP_1-of-one-key, in a regtest block of three transactions.
struct Deposit {
    ChainParams params;
    FedpegScript fedpeg;
    Script claim_script = script::make_p2wpkh(Hash160{});
    parent::ParentTransaction tx;
    parent::MerkleBlock block;
    TxIn in;
    OneBlock view;

    Deposit() {
        Options options;
        options.add("fedpegscript", "51210279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f8179851ae");
        params = make_chain_params("pegtest", options).value();
        fedpeg = {script::p2sh_of(script::p2wsh_of(params.fedpegscript)), params.fedpegscript};
        tx.inputs.emplace_back();
        tx.inputs[0].prevout = {parent::ParentTxid::from(params.parent.genesis), 0};
        tx.outputs.push_back({Amount{7}, *peg::deposit_script(fedpeg, claim_script)});
        parent::ParentTxid other;
        other.bytes[0] = 1;
        const std::vector<parent::ParentTxid> txids = {other, parent::compute_txid(tx), other};
        block.tree = parent::build_tree(txids, {false, true, false});
        block.header.merkle_root = parent::merkle_root(txids);
        block.header.bits = 0x207fffff;
        mine();
        in.is_pegin = true;
        in.prevout = {Txid::from(parent::compute_txid(tx)), 0};
        claim();
    }
    void mine() {
        const auto limit = parent::U256::from_le(params.parent.work_limit.view());
        while (!parent::check_pow(parent::compute_hash(block.header), block.header.bits, limit)) ++block.header.nonce;
        view.hash = parent::compute_hash(block.header);
        view.status = {8, 3};
    }
    void claim() { in.witness.pegin_witness = *peg::make_pegin_witness(params, tx, 0, block, claim_script); }
    [[nodiscard]] std::string why() const {
        const auto proof = peg::check_pegin(in, std::vector{fedpeg}, params);
        return proof ? "" : proof.error().message;
    }
    [[nodiscard]] bool deep_enough() const {
        return peg::judge_depth(peg::check_pegin(in, std::vector{fedpeg}, params).value(), view, params).has_value();
    }
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_claim_holds) {
    const Deposit d;
    BOOST_TEST(d.why() == "");
    const auto proof = peg::check_pegin(d.in, std::vector{d.fedpeg}, d.params).value();
    BOOST_TEST(proof.tx_index == 1U);
    BOOST_TEST(proof.tx_count == 3U);
    const TxOut out = peg::claimed_output(proof.claim);
    BOOST_TEST((out.value == ConfidentialValue(Amount{7})));
    BOOST_TEST((out.asset == ConfidentialAsset(d.params.pegged_asset)));
    BOOST_TEST((out.script == d.claim_script));
    BOOST_TEST(d.deep_enough());
}

BOOST_AUTO_TEST_CASE(each_part_of_a_claim_is_checked) {
    const Deposit good;
    const auto broken = [&](size_t item, auto change) {
        Deposit d = good;
        change(d.in.witness.pegin_witness[item]);
        return d.why();
    };
    const auto longer = [](Bytes& bytes) { bytes.push_back(0); };
    const auto flipped = [](Bytes& bytes) { bytes[0] ^= 1; };
    BOOST_TEST(broken(0, longer) == "");  // bytes after the amount mean nothing
    BOOST_TEST(broken(0, [](Bytes& bytes) { bytes.pop_back(); }) == "Could not deserialize value.");
    BOOST_TEST(broken(0, [](Bytes& bytes) { bytes[7] = 0x80; }) == "Value was not in valid value range.");
    BOOST_TEST(broken(0, flipped) == "Peg-in tx is invalid.");
    BOOST_TEST(broken(1, longer) == "Asset type was not 32 bytes.");
    BOOST_TEST(broken(1, flipped) == "Asset is not the pegged asset.");
    BOOST_TEST(broken(2, longer) == "Parent genesis blockhash was not 32 bytes.");
    BOOST_TEST(broken(2, flipped) == "Parent genesis block mismatch.");
    BOOST_TEST(broken(3, [](Bytes& bytes) { bytes.resize(101); }) == "Claim script is too large.");
    BOOST_TEST(broken(3, flipped) == "Peg-in tx is invalid.");
    BOOST_TEST(broken(4, longer) == "Peg-in tx is invalid.");
    BOOST_TEST(broken(4, flipped) == "Peg-in tx is invalid.");
    BOOST_TEST(broken(5, longer) == "Could not extract block and tx from merkleblock.");
    BOOST_TEST(broken(5, [](Bytes& bytes) { bytes[36] ^= 1; }) == "Could not extract block and tx from merkleblock.");
    BOOST_TEST(broken(5, [](Bytes& bytes) { bytes[72] = 0; }) == "Parent proof of work is invalid or insufficient.");

    Deposit d = good;
    d.in.witness.pegin_witness.pop_back();
    BOOST_TEST(d.why() == "Not enough stack items.");
    d = good;
    d.in.prevout.index = 1;
    BOOST_TEST(d.why() == "Peg-in tx is invalid.");
    d = good;
    d.params.parent.exists = false;
    BOOST_TEST(d.why() == "Parent chain is not enabled on this network.");
    d = good;
    d.params.parent.signblockscript.bytes = {0x51};
    BOOST_TEST(d.why() ==
               "Could not extract block and tx from merkleblock.");  // Bitcoin's header is none of such a parent
}

BOOST_AUTO_TEST_CASE(a_program_of_a_later_version_takes_any_output) {
    Deposit d;
    d.fedpeg.program = script::make_witness_program(1, Bytes(32, 1));
    d.in.witness.pegin_witness[3] = {0x51};
    BOOST_TEST(d.why() == "");
    BOOST_TEST(!peg::deposit_script(d.fedpeg, d.claim_script).has_value());
}

BOOST_AUTO_TEST_CASE(depth_is_deferred_never_invalid) {
    Deposit d;
    d.view.status.depth = 7;
    BOOST_TEST(!d.deep_enough());
    const auto proof = peg::check_pegin(d.in, std::vector{d.fedpeg}, d.params).value();
    const auto verdict = peg::judge_depth(proof, d.view, d.params);
    BOOST_TEST((verdict.error().kind == Failure::Kind::kDeferred));
    d.view.status.depth = 8;
    BOOST_TEST(d.deep_enough());
    d.view.status.tx_count = 4;  // the proof lied about the count
    BOOST_TEST(!d.deep_enough());
    d.view.status.tx_count = std::nullopt;  // not known; nothing in this proof can be read two ways
    BOOST_TEST(d.deep_enough());
    d.view.hash = {};
    BOOST_TEST(!d.deep_enough());

    auto ambiguous = proof;
    ambiguous.ambiguous = true;
    OneBlock view;
    view.hash = ambiguous.block;
    view.status = {8, std::nullopt};
    BOOST_TEST(!peg::judge_depth(ambiguous, view, d.params).has_value());
    view.status.tx_count = 3;
    BOOST_TEST(peg::judge_depth(ambiguous, view, d.params).has_value());

    auto coinbase = proof;
    coinbase.tx_index = 0;
    view.status.depth = 99;
    BOOST_TEST(!peg::judge_depth(coinbase, view, d.params).has_value());
    view.status.depth = 100;
    BOOST_TEST(peg::judge_depth(coinbase, view, d.params).has_value());
}

BOOST_AUTO_TEST_CASE(tweaked_keys_match_tweaked_secrets) {
    const auto secret = SecretKey::from_bytes(Bytes(32, 9)).value();
    const Script claim = script::make_p2wpkh(Hash160{});
    const Script fedpeg = script::make_multisig(1, {to_bytes(secret.pubkey().view())});
    const Script expected = script::make_multisig(1, {to_bytes(peg::tweak_secret(secret, claim)->pubkey().view())});
    BOOST_TEST((peg::tweak_fedpegscript(fedpeg, claim).value() == expected));
    BOOST_TEST(!peg::tweak_fedpegscript(script::make_multisig(1, {Bytes(33, 5)}), claim).has_value());
    BOOST_TEST((peg::tweak_fedpegscript(Script{{0x51}}, claim).value() == Script{{0x51}}));
}

BOOST_AUTO_TEST_CASE(liquid_emergency_keys_are_not_tweaked) {
    const auto params = make_chain_params("liquidv1", Options{}).value();
    BOOST_TEST(peg::is_liquid_watchman(params.fedpegscript));
    const auto tweaked = peg::tweak_fedpegscript(params.fedpegscript, Script{{0x51}}).value();
    const std::string before = to_hex(params.fedpegscript.view());
    const std::string after = to_hex(tweaked.view());
    const size_t otherwise = before.find("5f6702c00fb2");
    BOOST_REQUIRE(otherwise != std::string::npos);
    BOOST_TEST(before.substr(otherwise) == after.substr(otherwise));
    BOOST_TEST(before.substr(0, otherwise) != after.substr(0, otherwise));
    Script longer = params.fedpegscript;
    longer.bytes.push_back(0x51);
    BOOST_TEST(!peg::is_liquid_watchman(longer));
    BOOST_TEST(!peg::is_liquid_watchman(Script{{0x74}}));
}

BOOST_AUTO_TEST_CASE(pegout_round_trip) {
    const auto params = make_chain_params("elementsregtest", Options{}).value();
    const peg::Pegout pegout{script::make_p2wpkh(Hash160{}), Amount{5}};
    TxOut out = peg::make_pegout(params, pegout);
    const auto back = peg::parse_pegout(out, params);
    BOOST_REQUIRE(back.has_value());
    BOOST_TEST((back->destination == pegout.destination));
    BOOST_TEST((back->amount == pegout.amount));
    BOOST_TEST(is_unspendable(out.script));
    TxOut other_asset = out;
    other_asset.asset = AssetId{};
    BOOST_TEST(!peg::parse_pegout(other_asset, params).has_value());
    TxOut other_parent = out;
    other_parent.script.bytes[3] ^= 1;
    BOOST_TEST(!peg::parse_pegout(other_parent, params).has_value());
    TxOut blinded = out;
    blinded.value = ValueCommitment{};
    BOOST_TEST(!peg::parse_pegout(blinded, params).has_value());
}

// A deposit on a parent chain of our own kind.
BOOST_AUTO_TEST_CASE(a_claim_from_a_signed_parent) {
    Options options;
    options.add("fedpegscript", "51210279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f8179851ae");
    options.add("con_parent_chain_signblockscript", "51");
    options.add("con_parent_pegged_asset", "05");
    const ChainParams params = make_chain_params("signedparent", options).value();
    const FedpegScript fedpeg{script::p2wsh_of(params.fedpegscript), params.fedpegscript};
    const Script claim_script = script::make_p2wpkh(Hash160{});

    Transaction deposit;
    deposit.inputs.resize(1);
    deposit.inputs[0].prevout.index = 0;
    deposit.outputs.resize(1);
    deposit.outputs[0].asset = params.parent.pegged_asset;
    deposit.outputs[0].value = Amount{7};
    deposit.outputs[0].script = *peg::deposit_script(fedpeg, claim_script);
    const auto claim_with = [&](const Transaction& tx, const BlockHeader& above, HeaderForm form) {
        const TxRef parsed = make_tx(tx);
        const auto txid = parent::ParentTxid::from(parsed->txid);
        BlockHeader header = above;
        header.merkle_root = MerkleRoot::from(parent::merkle_root({txid}));
        ByteWriter proof;
        describe(proof, header, form);
        Writer& sink = proof;
        const parent::PartialMerkleTree tree = parent::build_tree({txid}, {true});
        describe(sink, tree);
        ByteWriter value;
        value.i64(7);
        TxIn in;
        in.is_pegin = true;
        in.prevout = {parsed->txid, 0};
        in.witness.pegin_witness = {
            value.release(),    to_bytes(params.pegged_asset.view()), to_bytes(params.parent.genesis.view()),
            claim_script.bytes, encode_tx(tx, WitnessForm::kWithout), proof.release()};
        return in;
    };
    BlockHeader legacy;
    legacy.seal = BlockProof{Script{{0x51}}, {}};
    BlockHeader dynafed;
    DynafedHeader entries;
    entries.current.kind = DynafedEntryKind::kCompact;
    entries.signblock_witness = {Bytes{0x51}};
    dynafed.seal = entries;
    const auto why = [&](const TxIn& in) {
        const auto proof = peg::check_pegin(in, std::vector{fedpeg}, params);
        return proof ? std::string(proof->signed_parent != nullptr ? "" : "no header") : proof.error().message;
    };
    BOOST_TEST(why(claim_with(deposit, legacy, HeaderForm::kFull)) == "");
    BOOST_TEST(why(claim_with(deposit, dynafed, HeaderForm::kFull)) == "");
    BOOST_TEST(why(claim_with(deposit, dynafed, HeaderForm::kStripped)) == "");
    BlockHeader unsaid;
    unsaid.seal = DynafedHeader{};
    const auto unsaid_proof =
        peg::check_pegin(claim_with(deposit, unsaid, HeaderForm::kStripped), std::vector{fedpeg}, params);
    // Without entries it is no dynafed header: nothing excuses it from signatures. (Its hash is a legacy one's.)
    BOOST_TEST((!unsaid_proof || !unsaid_proof->signed_parent->is_dynafed()));
    Transaction other = deposit;
    other.outputs[0].asset = AssetId{};
    BOOST_TEST(why(claim_with(other, legacy, HeaderForm::kFull)) == "Peg-in tx is invalid.");
    other = deposit;
    other.outputs[0].value = ValueCommitment{};
    BOOST_TEST(why(claim_with(other, legacy, HeaderForm::kFull)) == "Peg-in tx is invalid.");
    TxIn wrong = claim_with(deposit, legacy, HeaderForm::kFull);
    wrong.witness.pegin_witness[5][40] ^= 1;
    BOOST_TEST(why(wrong) == "Could not extract block and tx from merkleblock.");
}
