// Signatures become proofs, and only enough good ones over the right hash do.
#include <boost/test/unit_test.hpp>

#include "consensus/script/flags.h"
#include "consensus/script/templates.h"
#include "crypto/ecdsa.h"
#include "federation/rules/block_proof.h"
#include "federation/rules/pak.h"
#include "support/header_chain.h"

namespace sluice::fed_rules {
namespace {

struct Federation {
    std::vector<SecretKey> keys;
    Script script;
    ChainParams params;
};

Federation make_federation(int required, size_t size) {
    Federation out;
    std::vector<Bytes> pubkeys;
    for (size_t i = 0; i < size; ++i) {
        out.keys.push_back(SecretKey::from_bytes(Bytes(32, static_cast<uint8_t>(i + 1))).value());
        pubkeys.push_back(to_bytes(out.keys.back().pubkey().view()));
    }
    out.script = script::make_multisig(required, pubkeys);
    out.params = make_chain_params("elementsregtest", Options{}).value();
    out.params.signblockscript = out.script;
    out.params.max_block_signature_size = static_cast<uint32_t>(required) * 74 + 8 + out.script.size();
    return out;
}

BlockHeader legacy_header(const Federation& federation) {
    BlockHeader header;
    header.height = 7;
    header.seal = BlockProof{federation.script, {}};
    return header;
}
BlockHeader dynafed_header(const Federation& federation, const Script& program) {
    BlockHeader header;
    header.height = 7;
    DynafedHeader dynafed;
    dynafed.current.kind = DynafedEntryKind::kCompact;
    dynafed.current.signblockscript = program;
    dynafed.current.signblock_witness_limit = federation.params.max_block_signature_size;
    header.seal = dynafed;
    return header;
}
std::vector<BlockSignature> sign(const BlockHeader& header, const Federation& federation,
                                 std::initializer_list<size_t> who) {
    std::vector<BlockSignature> out;
    for (const size_t i : who) out.push_back(sign_block(compute_hash(header), federation.keys[i]));
    return out;
}

BOOST_AUTO_TEST_CASE(a_quorum_in_any_order_seals_a_legacy_block) {
    const Federation federation = make_federation(2, 3);
    const BlockHeader header = legacy_header(federation);
    for (const auto& signatures :
         {sign(header, federation, {0, 1}), sign(header, federation, {2, 0}), sign(header, federation, {2, 1, 0})}) {
        BOOST_TEST(check_block_proof(seal(header, federation.script, signatures).value(), federation.params));
    }
    BOOST_TEST(
        !check_block_proof(seal(header, federation.script, sign(header, federation, {1})).value(), federation.params));
    BOOST_TEST(!check_block_proof(seal(header, federation.script, sign(header, federation, {1, 1})).value(),
                                  federation.params));
    BOOST_TEST(!check_block_proof(header, federation.params));
}

BOOST_AUTO_TEST_CASE(a_quorum_seals_a_dynafed_block) {
    const Federation federation = make_federation(3, 4);
    const BlockHeader header = dynafed_header(federation, script::p2wsh_of(federation.script));
    const auto sealed = seal(header, federation.script, sign(header, federation, {3, 1, 0})).value();
    BOOST_TEST(check_block_proof(sealed, federation.params));
    BOOST_TEST((compute_hash(sealed) == compute_hash(header)));

    BlockHeader wrong_type = sealed;
    auto& witness = std::get<DynafedHeader>(wrong_type.seal).signblock_witness;
    witness[1].back() = script::kSighashNone;
    BOOST_TEST(!check_block_proof(wrong_type, federation.params));

    BlockHeader too_large = sealed;
    std::get<DynafedHeader>(too_large.seal).current.signblock_witness_limit = 200;
    BOOST_TEST(!check_block_proof(too_large, federation.params));
}

BOOST_AUTO_TEST_CASE(signatures_of_another_block_or_key_are_left_out) {
    const Federation federation = make_federation(2, 3);
    const BlockHeader header = legacy_header(federation);
    BlockHeader other = header;
    other.time = 1;
    auto signatures = sign(other, federation, {0});
    signatures.push_back(sign_block(compute_hash(header), SecretKey::from_bytes(Bytes(32, 99)).value()));
    for (const auto& good : sign(header, federation, {1, 2})) signatures.push_back(good);
    BOOST_TEST(check_block_proof(seal(header, federation.script, signatures).value(), federation.params));
}

BOOST_AUTO_TEST_CASE(single_key_and_open_blocks) {
    Federation federation = make_federation(1, 1);
    const Bytes pubkey = to_bytes(federation.keys[0].pubkey().view());
    const BlockHeader by_key_hash = dynafed_header(federation, script::make_p2wpkh(hash160(pubkey)));
    BOOST_TEST(check_block_proof(seal(by_key_hash, {}, sign(by_key_hash, federation, {0})).value(), federation.params));

    const Script op_true{Bytes{script::OP_TRUE}};
    const BlockHeader open = dynafed_header(federation, script::p2wsh_of(op_true));
    BOOST_TEST(check_block_proof(seal(open, op_true, {}).value(), federation.params));
    BOOST_TEST(!seal(open, federation.script, {}).has_value());
}

BOOST_AUTO_TEST_CASE(high_s_and_hash_type_bytes_are_not_signatures) {
    const Federation federation = make_federation(1, 1);
    const BlockHash hash = compute_hash(legacy_header(federation));
    BlockSignature signature = sign_block(hash, federation.keys[0]);
    BOOST_TEST(verify_block_signature(hash, signature));
    signature.signature.push_back(1);
    BOOST_TEST(!verify_block_signature(hash, signature));
    BOOST_TEST(!verify_block_signature(hash, {signature.key, {}}));
}

BOOST_AUTO_TEST_CASE(pak_lists) {
    const Bytes key = to_bytes(SecretKey::from_bytes(Bytes(32, 1)).value().pubkey().view());
    Bytes entry = key;
    append(entry, key);
    BOOST_TEST(parse_pak_list({entry, entry}).size() == 2u);
    BOOST_TEST(parse_pak_list({}).empty());
    BOOST_TEST(parse_pak_list({entry, key}).empty());
    Bytes off_curve = entry;
    off_curve[40] ^= 0xff;
    off_curve[33] = 5;
    BOOST_TEST(parse_pak_list({entry, off_curve}).empty());
    BOOST_TEST(parse_pak_list(std::vector<Bytes>(255, entry)).size() == 255u);
    BOOST_TEST(parse_pak_list(std::vector<Bytes>(256, entry)).empty());
}

// A chain of empty headers that follow the rules, with a vote in each.
BlockHeader next_header(const test::HeaderChain& chain, const ChainParams& params, const DynafedEntry& vote) {
    BlockHeader header;
    header.height = chain.height() + 1;
    header.seal = DynafedHeader{expected_current(chain, params), vote, {}};
    return header;
}

BOOST_AUTO_TEST_CASE(four_fifths_of_an_epoch_change_the_parameters_at_its_end) {
    const ChainParams params = make_chain_params("elementsregtest", Options{}).value();
    BOOST_REQUIRE(params.epoch_length == 10u);
    for (const uint32_t votes : {7u, 8u}) {
        test::HeaderChain chain;
        chain.add(params.genesis.header);
        DynafedEntry vote = full_parameters(chain, params);
        BOOST_TEST((vote.kind == DynafedEntryKind::kFull));
        vote.signblock_witness_limit += 1;
        for (uint32_t height = 1; height < 21; ++height) {
            const bool votes_now = height >= 10 && height < 10 + votes;
            const BlockHeader header = next_header(chain, params, votes_now ? vote : DynafedEntry{});
            const auto verdict = check_dynafed_header(header, chain, params);
            BOOST_TEST(verdict.has_value(), (verdict ? "" : verdict.error().detail));
            // Whole in block 1 and at epoch starts, compact otherwise.
            const bool full = header.dynafed().current.kind == DynafedEntryKind::kFull;
            BOOST_TEST(full == (height == 1 || height % 10 == 0));
            const bool changed = header.dynafed().current.signblock_witness_limit == vote.signblock_witness_limit;
            BOOST_TEST(changed == (votes == 8 && height >= 20));
            chain.add(header);
        }
    }
}

BOOST_AUTO_TEST_CASE(proposals_must_be_spendable_by_the_parent_chains_rules) {
    const ChainParams params = make_chain_params("elementsregtest", Options{}).value();
    test::HeaderChain chain;
    chain.add(params.genesis.header);
    const DynafedEntry current = full_parameters(chain, params);
    const auto accepted = [&](const DynafedEntry& vote) {
        return check_dynafed_header(next_header(chain, params, vote), chain, params).has_value();
    };
    BOOST_TEST(accepted(current));
    DynafedEntry vote = current;
    vote.signblockscript = Script{Bytes{script::OP_TRUE}};
    BOOST_TEST(!accepted(vote));
    vote = current;
    vote.fedpegscript = Script{Bytes{script::OP_1}};
    vote.fedpeg_program = script::p2wsh_of(vote.fedpegscript);
    BOOST_TEST(accepted(vote));
    vote.fedpegscript = Script{Bytes{script::OP_DEPTH}};
    BOOST_TEST(!accepted(vote));
    vote.fedpeg_program = script::p2wsh_of(vote.fedpegscript);
    BOOST_TEST(!accepted(vote));
    BlockHeader reserved_bit = next_header(chain, params, {});
    reserved_bit.version = 1 << 25;
    BOOST_TEST(!check_dynafed_header(reserved_bit, chain, params).has_value());
}

}  // namespace
}  // namespace sluice::fed_rules
