// Epochs, votes and what a header must say: each refusal with its words, each transition at its height.
#include <boost/test/unit_test.hpp>

#include "consensus/script/opcodes.h"
#include "consensus/script/templates.h"
#include "crypto/keys.h"
#include "federation/rules/dynafed.h"
#include "support/header_chain.h"

namespace sluice::fed_rules {
namespace {

constexpr uint32_t kEpoch = 5;  // four votes win

Script program(uint8_t version, uint8_t fill, size_t size = 32) {
    Script out;
    out.bytes = {static_cast<uint8_t>(version == 0 ? 0 : 0x50 + version), static_cast<uint8_t>(size)};
    out.bytes.insert(out.bytes.end(), size, fill);
    return out;
}

// A full entry like those that getnewblockhex proposes.
DynafedEntry parameters(uint8_t number) {
    DynafedEntry out;
    out.kind = DynafedEntryKind::kFull;
    out.signblockscript = program(0, number);
    out.signblock_witness_limit = 100U + number;
    out.fedpegscript.bytes = {0x51, number};
    out.fedpeg_program = script::p2wsh_of(out.fedpegscript);
    return out;
}

class World {
public:
    World() {
        Options options;
        options.add("dynamic_epoch_length", std::to_string(kEpoch));
        params = make_chain_params("dynafedtest", options).value();
        chain.add(params.genesis.header);
    }
    // The next header as it must be, with this vote.
    [[nodiscard]] BlockHeader next(const DynafedEntry& proposed = {}) const {
        BlockHeader header;
        header.version = 0x20000000;
        header.prev = chain.hash_at(chain.height());
        header.height = chain.height() + 1;
        header.time = chain.time_at(chain.height()) + 1;
        header.seal = DynafedHeader{expected_current(chain, params), proposed, {}};
        return header;
    }
    void grow(size_t count, const DynafedEntry& proposed = {}) {
        for (size_t i = 0; i < count; ++i) {
            const BlockHeader header = next(proposed);
            const auto verdict = check_dynafed_header(header, chain, params);
            BOOST_REQUIRE_MESSAGE(verdict, (verdict ? "" : verdict.error().detail));
            chain.add(header);
        }
    }
    void grow_to(uint32_t height, const DynafedEntry& proposed = {}) { grow(height - chain.height(), proposed); }
    // "" if the vote may be cast in the next block.
    [[nodiscard]] std::string why(const DynafedEntry& proposed) const { return why(next(proposed)); }
    [[nodiscard]] std::string why(const BlockHeader& header) const {
        const auto verdict = check_dynafed_header(header, chain, params);
        if (verdict) return "";
        BOOST_TEST(verdict.error().reason == "invalid-dyna-fed");
        return verdict.error().detail;
    }
    [[nodiscard]] DynafedEntry current() const { return full_parameters(chain, params); }

    ChainParams params;
    test::HeaderChain chain;
};

DynafedHeader& seal(BlockHeader& header) { return std::get<DynafedHeader>(header.seal); }

BOOST_AUTO_TEST_CASE(full_entries_stand_in_block_1_and_at_epoch_starts) {
    World world;
    const DynafedEntry first = world.current();
    world.grow(12);
    for (uint32_t height = 1; height <= 12; ++height) {
        const DynafedEntry& entry = world.chain.header_at(height)->dynafed().current;
        const bool full = height == 1 || height % kEpoch == 0;
        BOOST_CHECK(entry.kind == (full ? DynafedEntryKind::kFull : DynafedEntryKind::kCompact));
        BOOST_CHECK(entry_root(entry) == entry_root(first));
    }
    BOOST_CHECK(first.fedpeg_program == script::p2sh_of(script::p2wsh_of(world.params.fedpegscript)));
    BOOST_CHECK(first.signblockscript == script::p2wsh_of(world.params.signblockscript));
}

BOOST_AUTO_TEST_CASE(four_fifths_of_an_epoch_change_the_parameters_at_the_next) {
    World world;
    const DynafedEntry wanted = parameters(7);
    const DynafedEntry first = world.current();
    world.grow_to(6);
    world.grow_to(9, wanted);  // three of the five blocks 5 to 9
    world.grow_to(10);
    BOOST_CHECK(world.current() == first);
    world.grow_to(13, wanted);  // four of the five blocks 10 to 14
    BOOST_CHECK(world.current() == first);
    world.grow_to(14, wanted);
    BOOST_CHECK(world.current() == wanted);
    world.grow(1);
    BOOST_CHECK(world.chain.header_at(15)->dynafed().current == wanted);
    world.grow(1);
    BOOST_CHECK(world.chain.header_at(16)->dynafed().current == to_compact(wanted));
    BOOST_CHECK(world.chain.header_at(16)->dynafed().current.elided_root == extra_root(wanted));
}

BOOST_AUTO_TEST_CASE(votes_for_different_parameters_do_not_add_up) {
    World world;
    const DynafedEntry first = world.current();
    world.grow_to(4);
    world.grow_to(7, parameters(1));
    world.grow_to(9, parameters(2));
    BOOST_CHECK(world.current() == first);
    // Votes of one epoch do not count in the next.
    world.grow_to(12, parameters(2));
    world.grow_to(14);
    BOOST_CHECK(world.current() == first);
}

BOOST_AUTO_TEST_CASE(peg_ins_to_the_scripts_of_two_epochs_are_valid) {
    World world;
    const DynafedEntry wanted = parameters(7);
    world.grow_to(9);
    const Script old = world.params.fedpegscript;
    world.grow_to(14, wanted);
    // The block after this one starts the epoch: its script is known already.
    const auto scripts_after = [&] {
        std::vector<Script> out;
        for (const FedpegScript& each : fedpeg_scripts_after(world.chain, world.params)) out.push_back(each.script);
        return out;
    };
    BOOST_CHECK((scripts_after() == std::vector<Script>{wanted.fedpegscript, old}));
    const BlockHeader last = *world.chain.header_at(14);
    BOOST_CHECK(fedpeg_scripts_in(last, world.chain.prefix(14), world.params)[0].script == old);
    world.grow_to(15);
    BOOST_CHECK((scripts_after() == std::vector<Script>{wanted.fedpegscript, old}));
    world.grow_to(18);
    BOOST_CHECK((scripts_after() == std::vector<Script>{wanted.fedpegscript, old}));
    world.grow_to(19);
    BOOST_CHECK((scripts_after() == std::vector<Script>{wanted.fedpegscript, wanted.fedpegscript}));
    const BlockHeader within = *world.chain.header_at(19);
    BOOST_CHECK(fedpeg_scripts_in(within, world.chain.prefix(19), world.params)[1].script == old);
}

BOOST_AUTO_TEST_CASE(current_parameters_must_be_those_that_hold) {
    World world;
    world.grow(6);
    BlockHeader none = world.next();
    seal(none).current = {};
    BOOST_TEST(world.why(none) == "dynamic block headers must have non-empty current signblockscript field");
    BlockHeader legacy = world.next();
    legacy.seal = BlockProof{};
    BOOST_TEST(world.why(legacy) == "dynamic block headers must have non-empty current signblockscript field");
    for (const int bit : {23, 24, 25, 26}) {
        BlockHeader header = world.next();
        header.version |= 1 << bit;
        BOOST_TEST(world.why(header) == "dynamic block header has unknown HF extension bits set");
    }
    const std::string mismatch = "dynamic block header's current parameters do not match expected";
    BlockHeader full = world.next();
    seal(full).current = world.current();
    BOOST_TEST(world.why(full) == mismatch);  // within an epoch it must be compact
    BlockHeader script = world.next();
    seal(script).current.signblockscript.bytes.back() ^= 1;
    BOOST_TEST(world.why(script) == mismatch);
    BlockHeader limit = world.next();
    ++seal(limit).current.signblock_witness_limit;
    BOOST_TEST(world.why(limit) == mismatch);
    BlockHeader root = world.next();
    seal(root).current.elided_root.bytes[0] ^= 1;
    BOOST_TEST(world.why(root) == "");  // as the network: not compared
    world.grow_to(9);
    BlockHeader compact = world.next();
    seal(compact).current = to_compact(world.current());
    BOOST_TEST(world.why(compact) == mismatch);  // at an epoch start it must be full
}

BOOST_AUTO_TEST_CASE(proposals_keep_their_rules) {
    World world;
    world.grow(6);
    BOOST_TEST(world.why(parameters(3)) == "");
    BOOST_TEST(world.why(world.current()) == "");  // no change is no rule broken, P2SH or not

    DynafedEntry entry = parameters(3);
    entry.signblockscript.bytes = {0x51};
    BOOST_TEST(world.why(entry) == "proposed signblockscript must be native segwit scriptPubkey");
    entry.signblockscript = program(1, 3);  // any version
    BOOST_TEST(world.why(entry) == "");

    entry = parameters(3);
    entry.fedpeg_program = script::p2sh_of(entry.fedpeg_program);
    BOOST_TEST(world.why(entry) == "proposed fedpeg program must be native segwit scriptPubkey");
    BOOST_TEST(world.why(to_compact(parameters(3))) == "proposed fedpeg program must be native segwit scriptPubkey");

    entry = parameters(3);
    entry.fedpegscript.bytes.push_back(0x51);
    BOOST_TEST(world.why(entry) == "proposed v0 segwit fedpegscript must match proposed fedpeg witness program");
    entry.fedpeg_program = program(1, 9);  // later versions are free
    BOOST_TEST(world.why(entry) == "");

    entry = parameters(3);
    entry.fedpegscript.bytes = {script::OP_DEPTH, 0x51};
    entry.fedpeg_program = script::p2wsh_of(entry.fedpegscript);
    BOOST_TEST(world.why(entry) == "Proposed fedpegscript starts with OP_DEPTH, which is illegal");

    // A changed limit alone is free; so is the extension space where no PAK list is enforced.
    entry = world.current();
    entry.signblock_witness_limit = 1;
    entry.extension_space = {Bytes(10, 1)};
    BOOST_TEST(world.why(entry) == "");
}

BOOST_AUTO_TEST_CASE(where_pak_is_enforced_proposals_carry_a_list_or_nothing) {
    World world;
    world.params.enforce_pak = true;
    world.grow(6);
    Bytes pair;
    for (const uint8_t number : {1, 2}) { append(pair, SecretKey::from_bytes(Bytes(32, number))->pubkey().view()); }
    DynafedEntry entry = parameters(3);
    BOOST_TEST(world.why(entry) == "");
    entry.extension_space = {pair};
    BOOST_TEST(world.why(entry) == "");
    const std::string refusal = "Extension space is not list of valid PAK entries";
    entry.extension_space = {pair, Bytes(66, 9)};
    BOOST_TEST(world.why(entry) == refusal);
    entry.extension_space = {{}};
    BOOST_TEST(world.why(entry) == refusal);
    entry.extension_space.assign(256, pair);
    BOOST_TEST(world.why(entry) == refusal);

    // A list that won governs from the epoch on.
    entry.extension_space = {pair};
    world.grow_to(9, entry);
    world.grow_to(14, entry);
    BOOST_CHECK(world.current().extension_space == entry.extension_space);
}

}  // namespace
}  // namespace sluice::fed_rules
