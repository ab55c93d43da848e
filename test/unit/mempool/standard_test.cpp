// What is standard, as pure functions: shapes of outputs, of spent outputs and of witnesses on both sides of each
// limit, dust, minimum fees, discounted sizes.
#include <boost/test/unit_test.hpp>

#include "consensus/script/taproot.h"
#include "consensus/script/templates.h"
#include "crypto/keys.h"
#include "mempool/policy.h"
#include "peg/proof/pegout.h"

using namespace sluice;
using mempool::PolicyOptions;
using script::ScriptBuilder;

namespace {

Bytes test_key(uint8_t which) { return to_bytes(SecretKey::from_bytes(Bytes(32, which)).value().pubkey().view()); }

struct Standard {
    ChainParams params = make("standardchain", {});
    PolicyOptions policy;
    Transaction tx;
    std::vector<TxOut> spent;

    static ChainParams make(std::string_view name, std::initializer_list<std::pair<const char*, const char*>> list) {
        Options options;
        for (const auto& [option, value] : list) options.add(option, value);
        auto made = make_chain_params(name, options);
        BOOST_REQUIRE(made.has_value());
        return std::move(*made);
    }
    Standard() {
        tx.inputs.emplace_back();
        tx.inputs[0].prevout.index = 0;
        spent.push_back(output(script::make_p2wpkh({}), 100'000));
        tx.outputs.push_back(spent[0]);
    }
    [[nodiscard]] TxOut output(const Script& script, int64_t amount) const {
        TxOut out;
        out.asset = params.pegged_asset;
        out.value = Amount{amount};
        out.script = script;
        return out;
    }
    [[nodiscard]] std::string why() const {
        const mempool::Reason reason = mempool::check_standard(*make_tx(tx), params, policy);
        return reason ? reason->reason : "";
    }
    std::string why_paying(const Script& script) {
        tx.outputs[0].script = script;
        return why();
    }
    bool may_spend(const Script& script, const Script& script_sig = {}) {
        spent[0].script = script;
        tx.inputs[0].script_sig = script_sig;
        return !mempool::check_inputs_standard(tx, spent, params);
    }
    bool may_witness(const Script& script, const WitnessStack& witness, const Script& script_sig = {}) {
        spent[0].script = script;
        tx.inputs[0].script_sig = script_sig;
        tx.inputs[0].witness.script_witness = witness;
        return !mempool::check_witness_standard(tx, spent);
    }
};

Script of(const Bytes& bytes) { return Script{bytes}; }

}  // namespace

BOOST_FIXTURE_TEST_CASE(every_template_may_be_paid, Standard) {
    const Bytes key = test_key(1);
    for (const Script& script :
         {script::make_p2pk(key), script::make_p2pkh({}), script::make_p2sh({}), script::make_p2wpkh({}),
          script::make_p2wsh({}), script::make_witness_program(1, Bytes(32, 1)),
          script::make_witness_program(5, Bytes(7, 1)), of({0x51, 2, 0x4e, 0x73}), script::make_multisig(1, {key}),
          script::make_multisig(3, {key, key, key}), script::make_null_data({Bytes(80, 1)}), Script{}}) {
        BOOST_TEST(why_paying(script) == "");
    }
    // A custom chain knows OP_TRUE, where its coins may be anybody's; others do not.
    BOOST_TEST(why_paying(of({0x51})) == "");
    params.anyone_can_spend_are_mine = false;
    BOOST_TEST(why_paying(of({0x51})) == "scriptpubkey");
    for (const Script& script : {of({0x61}), script::make_multisig(1, {key, key, key, key}),
                                 script::make_null_data({Bytes(81, 1)}), of({0x00, 3, 1, 2, 3}), of({0x6a, 0x61})}) {
        BOOST_TEST(why_paying(script) == "scriptpubkey");
    }
    policy.max_data_carrier = std::nullopt;
    BOOST_TEST(why_paying(script::make_null_data({})) == "scriptpubkey");
}

BOOST_FIXTURE_TEST_CASE(versions_and_sizes_have_limits, Standard) {
    for (const int32_t version : {1, 2, 3}) {
        tx.version = version;
        BOOST_TEST(why() == "");
    }
    for (const int32_t version : {0, 4, -1}) {
        tx.version = version;
        BOOST_TEST(why() == "version");
    }
    tx.version = 2;
    tx.inputs[0].script_sig.bytes.assign(1650, 0);
    BOOST_TEST(why() == "");
    tx.inputs[0].script_sig.bytes.push_back(0);
    BOOST_TEST(why() == "scriptsig-size");
    tx.inputs[0].script_sig.bytes = {0x61};
    BOOST_TEST(why() == "scriptsig-not-pushonly");
    tx.inputs[0].script_sig = {};
    // 400000 weight units and no more; a witness byte weighs one.
    tx.inputs[0].witness.script_witness = {Bytes(1000, 0)};
    const uint32_t left = mempool::kMaxStandardWeight - make_tx(tx)->weight();
    tx.inputs[0].witness.script_witness[0].resize(1000 + left - 2);  // its length takes two bytes more
    BOOST_TEST(make_tx(tx)->weight() == mempool::kMaxStandardWeight);
    BOOST_TEST(why() == "");
    tx.inputs[0].witness.script_witness[0].push_back(0);
    BOOST_TEST(why() == "tx-size");
}

BOOST_FIXTURE_TEST_CASE(data_outputs_are_one_or_many_by_the_chain, Standard) {
    const TxOut data = output(script::make_null_data({}), 0);
    tx.outputs = {data, data};
    BOOST_TEST(why() == "multi-op-return");
    params = make("standardchain", {{"multi_data_permitted", "1"}});
    BOOST_TEST(why() == "");
    // Large peg-outs pass where their proof is asked for.
    const Script pegout = peg::make_pegout_script(params.parent.genesis, script::make_p2wsh({}));
    Script proved = pegout;
    append(proved.bytes, ScriptBuilder().push(Bytes(33, 1)).push(Bytes(300, 2)).bytes());
    BOOST_TEST(why_paying(pegout) == "");
    BOOST_TEST(why_paying(proved) == "scriptpubkey");
    params.enforce_pak = true;
    BOOST_TEST(why_paying(proved) == "");
}

BOOST_FIXTURE_TEST_CASE(dust_costs_more_to_spend_than_it_is_worth, Standard) {
    // Serialized with asset, value and nonce: 33 + 9 + 1 and the script with its length; 67 or 148 bytes of a later
    // input.
    const auto threshold = [&](const Script& script) {
        const int64_t size = 33 + 9 + 1 + 1 + static_cast<int64_t>(script.size());
        const bool witness = script.size() == 22 || script.size() == 34;
        return policy.dust_relay.fee(size + (witness ? 67 : 148)).sat;
    };
    policy.dust_relay = mempool::FeeRate{3000};
    for (const Script& script : {script::make_p2wpkh({}), script::make_p2wsh({}), script::make_p2pkh({})}) {
        tx.outputs = {output(script, threshold(script))};
        BOOST_TEST(mempool::dust_outputs(tx, params, policy.dust_relay).size() == 0u);
        tx.outputs[0].value = Amount{threshold(script) - 1};
        BOOST_TEST(mempool::dust_outputs(tx, params, policy.dust_relay).size() == 1u);
    }
    // One may be dust, two may not.
    BOOST_TEST(why() == "");
    tx.outputs.push_back(tx.outputs[0]);
    BOOST_TEST(why() == "dust");
    // Other assets, confidential values, fees and burnt coins are never dust.
    AssetId other;
    other.bytes[0] = 1;
    for (TxOut& out : tx.outputs) out.asset = other;
    BOOST_TEST(mempool::dust_outputs(tx, params, policy.dust_relay).size() == 0u);
    ValueCommitment commitment;
    commitment.bytes[0] = 8;
    for (TxOut& out : tx.outputs) {
        out.asset = params.policy_asset;
        out.value = commitment;
    }
    BOOST_TEST(mempool::dust_outputs(tx, params, policy.dust_relay).size() == 0u);
    tx.outputs = {output({}, 1), output(script::make_null_data({}), 0)};
    BOOST_TEST(mempool::dust_outputs(tx, params, policy.dust_relay).size() == 0u);
}

BOOST_FIXTURE_TEST_CASE(what_is_spent_has_a_known_form, Standard) {
    BOOST_TEST(may_spend(script::make_p2pkh({})));
    BOOST_TEST(may_spend(script::make_witness_program(1, Bytes(32, 1))));
    BOOST_TEST(!may_spend(script::make_witness_program(2, Bytes(32, 1))));
    BOOST_TEST(!may_spend(of({0x61, 0x51})));
    // Of a redeem script at most 15 signature operations.
    const auto checks = [](size_t count) { return of(Bytes(count, script::OP_CHECKSIG)); };
    for (const size_t count : {15, 16}) {
        const Script redeem = checks(count);
        BOOST_TEST(may_spend(script::p2sh_of(redeem), ScriptBuilder().push(redeem.view()).build()) == (count == 15));
    }
    BOOST_TEST(!may_spend(script::make_p2sh({}), {}));
    // The scriptSig is run: what fails there, or pushes more than an element may hold, is not standard.
    BOOST_TEST(!may_spend(script::make_p2sh({}), ScriptBuilder().push(Bytes(521, 1)).build()));
    BOOST_TEST(!may_spend(script::make_p2sh({}), of({script::OP_RESERVED, 0x00})));
    BOOST_TEST(!may_spend(script::make_p2sh({}), of(Bytes(1001, 0))));
    BOOST_TEST(may_spend(script::make_p2sh({}), of({0x55})));
    // A claim's own scriptSig is not looked at.
    tx.inputs[0].is_pegin = true;
    BOOST_TEST(may_spend(of({0x61, 0x51})));
}

BOOST_FIXTURE_TEST_CASE(witnesses_have_limits_by_form, Standard) {
    const Script key_hash = script::make_p2wpkh({});
    BOOST_TEST(may_witness(script::make_p2pkh({}), {}));
    BOOST_TEST(!may_witness(script::make_p2pkh({}), {Bytes{1}}));
    BOOST_TEST(may_witness(key_hash, {Bytes(72, 1), Bytes(33, 2)}));
    BOOST_TEST(!may_witness(of({0x51, 2, 0x4e, 0x73}), {Bytes{1}}));

    const Script script_hash = script::make_p2wsh({});
    const auto stack = [](size_t items, size_t item, size_t script) {
        WitnessStack out(items, Bytes(item, 1));
        out.push_back(Bytes(script, 0x61));
        return out;
    };
    BOOST_TEST(may_witness(script_hash, stack(100, 80, 3600)));
    BOOST_TEST(!may_witness(script_hash, stack(101, 80, 3600)));
    BOOST_TEST(!may_witness(script_hash, stack(100, 81, 3600)));
    BOOST_TEST(!may_witness(script_hash, stack(100, 80, 3601)));
    // The same wrapped in P2SH; a wrapper that is no program may have no witness.
    const Script wrap = ScriptBuilder().push(script_hash.view()).build();
    BOOST_TEST(may_witness(script::p2sh_of(script_hash), stack(100, 80, 3600), wrap));
    BOOST_TEST(!may_witness(script::p2sh_of(script_hash), stack(101, 80, 3600), wrap));
    BOOST_TEST(!may_witness(script::p2sh_of(script_hash), stack(1, 1, 1), of({0x55})));
    BOOST_TEST(!may_witness(script::p2sh_of(script_hash), stack(1, 1, 1), {}));

    const Script taproot = script::make_witness_program(1, Bytes(32, 1));
    Bytes control(33, 1);
    BOOST_TEST(may_witness(taproot, {Bytes(64, 1)}));
    BOOST_TEST(!may_witness(taproot, {Bytes(64, 1), Bytes{script::kAnnexTag}}));
    control[0] = script::kLeafTapscript;
    BOOST_TEST(may_witness(taproot, {Bytes(80, 1), Bytes(9000, 0x61), control}));
    BOOST_TEST(!may_witness(taproot, {Bytes(81, 1), Bytes{0x61}, control}));
    control[0] = 0xc0;  // another leaf version: its elements are not limited
    BOOST_TEST(may_witness(taproot, {Bytes(81, 1), Bytes{0x61}, control}));
    BOOST_TEST(!may_witness(taproot, {Bytes{0x61}, Bytes{}}));
}

BOOST_AUTO_TEST_CASE(issuances_are_bounded_where_the_chain_says_so) {
    Transaction tx;
    tx.inputs.resize(2);
    tx.inputs[1].issuance.amount = kMaxMoney;
    tx.inputs[1].issuance.inflation_keys = kMaxMoney;
    BOOST_TEST(!mempool::check_issued_amounts(tx));
    tx.inputs[1].issuance.inflation_keys = Amount{kMaxMoney.sat + 1};
    BOOST_TEST(mempool::check_issued_amounts(tx).has_value());
    tx.inputs[1].issuance.inflation_keys = {};
    tx.inputs[1].issuance.amount = Amount{kMaxMoney.sat + 1};
    BOOST_TEST(mempool::check_issued_amounts(tx).has_value());
    ValueCommitment commitment;
    commitment.bytes[0] = 8;
    tx.inputs[1].issuance.amount = commitment;
    BOOST_TEST(!mempool::check_issued_amounts(tx));
}

// ELIP 200: a confidential output counts as if it were explicit and had no proofs.
BOOST_FIXTURE_TEST_CASE(confidential_outputs_weigh_like_explicit_ones, Standard) {
    tx.inputs[0].witness.script_witness = {Bytes(72, 1), Bytes(33, 2)};
    const int64_t explicit_weight = mempool::discount_weight(*make_tx(tx));
    BOOST_TEST(explicit_weight == make_tx(tx)->weight());
    TxOut& out = tx.outputs[0];
    AssetCommitment asset;
    asset.bytes[0] = 0x0a;
    ValueCommitment value;
    value.bytes[0] = 8;
    NonceBytes nonce;
    nonce.bytes[0] = 2;
    out.asset = asset;
    out.value = value;
    out.nonce.bytes = nonce;
    out.witness.surjection_proof = Bytes(67, 1);
    out.witness.rangeproof = Bytes(4174, 1);
    BOOST_TEST(mempool::discount_weight(*make_tx(tx)) == explicit_weight);
    BOOST_TEST(make_tx(tx)->weight() > 4000);
    BOOST_TEST(mempool::discount_virtual_size(*make_tx(tx)) == (explicit_weight + 3) / 4);
}

BOOST_FIXTURE_TEST_CASE(signature_operations_weigh_too, Standard) {
    const TxRef made = make_tx(tx);
    const ParsedTx& parsed = *made;
    BOOST_TEST(mempool::virtual_size(parsed, 1, 20) == (parsed.weight() + 3) / 4);
    BOOST_TEST(mempool::virtual_size(parsed, 1000, 20) == 5000);
    BOOST_TEST(mempool::virtual_size(parsed, 1000, 0) == (parsed.weight() + 3) / 4);
}
