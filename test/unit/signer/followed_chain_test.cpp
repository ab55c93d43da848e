// What the signer makes of the headers that its host shows.
#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "consensus/script/templates.h"
#include "federation/rules/block_proof.h"
#include "federation/rules/dynafed.h"
#include "federation/signer/member_signer.h"
#include "util/random.h"

using namespace sluice;
using namespace sluice::signer;
namespace ag = sluice::agreement;

namespace {

SecretKey key(uint8_t seed) { return *SecretKey::from_bytes(Bytes(32, seed)); }

// One party of three keys, two of which sign.
struct Party {
    uint8_t seed;
    Script script;
    DynafedEntry entry;

    explicit Party(uint8_t first) : seed(first) {
        std::vector<Bytes> publics;
        for (uint8_t i = 0; i < 3; ++i) publics.push_back(to_bytes(key_of(i).pubkey().view()));
        script = script::make_multisig(2, publics);
        entry.kind = DynafedEntryKind::kFull;
        entry.signblockscript = script::p2wsh_of(script);
        entry.signblock_witness_limit = 500;
        entry.fedpeg_program = script::p2wsh_of(script);
        entry.fedpegscript = script;
    }
    [[nodiscard]] SecretKey key_of(size_t i) const { return key(static_cast<uint8_t>(seed + i)); }
    [[nodiscard]] KnownSet known() const { return {fed_rules::entry_root(entry), {script, 2, 0}}; }
    // With a witness of this party's, whatever set the header names.
    [[nodiscard]] BlockHeader sign(BlockHeader header, size_t signatures = 2) const {
        WitnessStack witness{Bytes{}};
        for (size_t i = 0; i < signatures; ++i) {
            witness.push_back(fed_rules::sign_block(compute_hash(header), key_of(i)).signature);
            witness.back().push_back(1);  // SIGHASH_ALL
        }
        witness.push_back(script.bytes);
        std::get<DynafedHeader>(header.seal).signblock_witness = std::move(witness);
        return header;
    }
};

ChainParams chain_params() {
    Options options;
    options.add("parentgenesisblockhash", std::string(63, '0') + "9");
    options.add("dynamic_epoch_length", "5");
    return *make_chain_params("followtest", options);
}

struct Scene {
    ChainParams params = chain_params();
    Party old{10};
    Party young{20};
    Party stranger{30};
    FollowedChain chain{params, {old.known(), young.known()}};
    BlockHash tip;

    [[nodiscard]] BlockHeader next(const Party& in_force, const DynafedEntry& proposed = {}) const {
        BlockHeader header;
        header.version = 0x20000000;
        header.height = chain.next();
        header.prev = tip;
        header.time = 1'600'000'000 + header.height;
        header.seal = DynafedHeader{in_force.entry, proposed, {}};
        return header;
    }
    [[nodiscard]] bool likes(const BlockHeader& header, Proof proof = Proof::kCheck) const {
        return chain.check(header, proof).has_value();
    }
    void take(const BlockHeader& header) {
        BOOST_REQUIRE(likes(header));
        chain.take(header);
        tip = compute_hash(header);
    }
    void grow_to(ag::Height height, const Party& party, const DynafedEntry& proposed = {}) {
        if (chain.next() == 0) take(params.genesis.header);
        while (chain.next() <= height) take(party.sign(next(party, proposed)));
    }
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_header_needs_the_signatures_of_the_set_in_force) {
    Scene scene;
    BlockHeader other = scene.params.genesis.header;
    other.time += 1;
    BOOST_TEST(!scene.likes(other));
    scene.grow_to(2, scene.old);
    const BlockHeader good = scene.next(scene.old);
    BOOST_TEST(scene.likes(scene.old.sign(good)));
    BOOST_TEST(!scene.likes(good));
    BOOST_TEST(!scene.likes(scene.old.sign(good, 1)));
    BOOST_TEST(!scene.likes(scene.young.sign(good)));
    BOOST_TEST(scene.likes(good, Proof::kKnownGood));
    // Signatures of another header; another place in the chain; another set that nobody voted for, signed by itself.
    BlockHeader moved = scene.old.sign(good);
    moved.time += 1;
    BOOST_TEST(!scene.likes(moved));
    BlockHeader elsewhere = good;
    elsewhere.prev.bytes[0] ^= 1;
    BOOST_TEST(!scene.likes(scene.old.sign(elsewhere)));
    BlockHeader later = good;
    later.height += 1;
    BOOST_TEST(!scene.likes(scene.old.sign(later)));
    BOOST_TEST(!scene.likes(scene.young.sign(scene.next(scene.young))));
    BlockHeader legacy = good;
    legacy.seal = BlockProof{};
    BOOST_TEST(!scene.likes(legacy, Proof::kKnownGood));
}

BOOST_AUTO_TEST_CASE(a_set_takes_over_at_an_epoch_start_after_four_fifths_of_votes) {
    Scene scene;
    scene.grow_to(5, scene.old);
    scene.grow_to(8, scene.old, scene.young.entry);  // 6, 7, 8; with 9 it is four of five
    Scene voted;
    voted.grow_to(5, voted.old);
    voted.grow_to(9, voted.old, voted.young.entry);
    BOOST_TEST(!voted.likes(voted.old.sign(voted.next(voted.old))));
    voted.grow_to(10, voted.young);
    BOOST_TEST(!voted.likes(voted.old.sign(voted.next(voted.old))));
    voted.grow_to(16, voted.young);

    scene.grow_to(9, scene.old);
    BOOST_TEST(!scene.likes(scene.young.sign(scene.next(scene.young))));
    scene.grow_to(10, scene.old);
}

BOOST_AUTO_TEST_CASE(no_vote_makes_a_set_active_that_the_manifest_does_not_list) {
    Scene scene;
    scene.grow_to(5, scene.old);
    scene.grow_to(9, scene.old, scene.stranger.entry);
    BOOST_TEST(!scene.likes(scene.stranger.sign(scene.next(scene.stranger))));
    BOOST_TEST(!scene.likes(scene.old.sign(scene.next(scene.old))));
    scene.chain.set_sets({scene.old.known(), scene.stranger.known()});  // a successor manifest
    BOOST_TEST(scene.likes(scene.stranger.sign(scene.next(scene.stranger))));
}

BOOST_AUTO_TEST_CASE(the_signer_follows_what_it_verified_and_halts_at_a_signed_rival) {
    const std::string folder =
        (std::filesystem::temp_directory_path() / ("sluice-follow-" + std::to_string(random_u64()))).string();
    Scene scene;
    MemberKeys keys{"alice", {}, key(10), key(40), {}};
    random_bytes(keys.journal.mutable_view());
    const auto open = [&] {
        auto signer =
            MemberSigner::open({keys.name, keys.journal, keys.block.clone(), keys.payout.clone(), {}}, folder);
        BOOST_REQUIRE(signer);
        (*signer)->set_federation({scene.params, scene.chain.sets(), 0});
        return std::move(*signer);
    };
    BOOST_REQUIRE(MemberSigner::create_journal(folder, keys.journal));
    std::vector<BlockHeader> headers{scene.params.genesis.header};
    scene.take(headers[0]);
    for (int i = 0; i < 3; ++i) {
        headers.push_back(scene.old.sign(scene.next(scene.old)));
        scene.take(headers.back());
    }
    BlockHeader rival = headers[3];
    rival.time += 1;
    {
        auto signer = open();
        for (const BlockHeader& header : headers) {
            BlockHeader bare = header;
            if (bare.is_dynafed()) std::get<DynafedHeader>(bare.seal).signblock_witness.clear();
            if (header.height > 0) BOOST_TEST(!signer->follow(bare).has_value());  // the host did not check it, or lies
            BOOST_TEST(signer->follow(header).has_value());
        }
        BOOST_TEST(signer->core().status().final_height == 3u);
    }
    {
        // What the journal holds needs no proof again; a rival without one proves nothing.
        auto signer = open();
        for (int i = 0; i < 3; ++i) BOOST_TEST(signer->follow(headers[static_cast<size_t>(i)]).has_value());
        BOOST_TEST(!signer->follow(rival).has_value());
        BOOST_TEST(!signer->core().status().halted);
        const auto answer = signer->follow(scene.old.sign(rival));
        BOOST_REQUIRE(!answer);
        BOOST_CHECK(answer.error() == ag::Refusal::kConflict);
        BOOST_TEST(signer->core().status().halted);
    }
    BOOST_TEST(open()->core().status().halted);  // also after a restart
    std::filesystem::remove_all(folder);
}
