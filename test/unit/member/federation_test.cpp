// Whole members in one process: the real driver, agreement, signer, journal and manifest, on real blocks with real
// signatures. Pretended: links (a switchboard) and the chain (a list of blocks that checks proofs).
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <future>
#include <mutex>
#include <set>

#include "codec/hex.h"
#include "consensus/primitives/header_view.h"
#include "consensus/primitives/merkle.h"
#include "consensus/rules/block_check.h"
#include "federation/member/make_federation.h"
#include "federation/member/make_successor.h"
#include "federation/member/member.h"
#include "federation/member/status_json.h"
#include "federation/rules/block_proof.h"
#include "federation/rules/dynafed.h"
#include "peg/ledger/facts.h"
#include "storage/leveldb_db.h"
#include "support/header_chain.h"
#include "util/random.h"

using namespace sluice;
using namespace sluice::member;

namespace {

struct Folder {
    std::string path;
    Folder() {
        path = (std::filesystem::temp_directory_path() / ("sluice-member-" + std::to_string(random_u64()))).string();
    }
    ~Folder() { std::filesystem::remove_all(path); }
};

std::string slurp(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

Options options_of(const std::string& conf) {
    Options out;
    std::istringstream lines(slurp(conf));
    for (std::string line; std::getline(lines, line);) {
        const size_t equals = line.find('=');
        if (equals != std::string::npos && line[0] != '#') out.add(line.substr(0, equals), line.substr(equals + 1));
    }
    return out;
}

class Town;

// A chain that believes every block with a good proof.
class ListChain final : public ChainPort {
public:
    ListChain(Town& town, size_t who) : town_(town), who_(who) {}
    [[nodiscard]] Tip tip() const override;
    [[nodiscard]] Result<BlockRef> block_at(uint32_t height) const override;
    [[nodiscard]] std::optional<BlockHash> hash_at(uint32_t height) const override;
    [[nodiscard]] Result<DynafedEntry> parameters_after(const BlockHash& tip) const override;
    void build(BuildRequest request, std::function<void(Result<BlockRef>)> done) override;
    void test(BlockRef block, std::function<void(TestVerdict)> done) override;
    void submit(BlockRef block, std::function<void(Status)> done) override;
    void set_final(uint32_t height) override { final_height = height; }
    [[nodiscard]] test::HeaderChain headers() const;

    std::vector<BlockRef> blocks;
    uint32_t final_height = 0;

private:
    Town& town_;
    size_t who_;
};

class Switchboard final : public LinkPort {
public:
    Switchboard(Town& town, size_t who) : town_(town), who_(who) {}
    void send(uint8_t to, Bytes frame) override;
    void set_roster(const Manifest&) override {}

private:
    Town& town_;
    size_t who_;
};

struct Inhabitant {
    std::unique_ptr<ListChain> chain;
    std::unique_ptr<Switchboard> links;
    std::unique_ptr<signer::MemberSigner> signer;
    std::unique_ptr<storage::Db> cache;
    std::unique_ptr<storage::Db> decisions;
    std::unique_ptr<Member> member;
    std::optional<Manifest> pinned;  // the town's manifest if not set
};

class Town {
public:
    explicit Town(uint32_t n, uint32_t k) {
        FederationPlan plan;
        plan.out = folder.path;
        for (uint32_t i = 0; i < n; ++i) plan.members.push_back("member" + std::to_string(i));
        plan.threshold = k;
        plan.chain = "membertest";
        plan.parent_genesis = "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206";
        plan.parent_host = "127.0.0.1";
        plan.profile = "regtest";
        plan.base_port = 20'000;
        const auto made = make_federation(plan);
        BOOST_REQUIRE_MESSAGE(made, (made ? "" : made.error().message));
        auto parsed = parse_manifest(slurp(made->manifest_path));
        BOOST_REQUIRE_MESSAGE(parsed, (parsed ? "" : parsed.error().message));
        BOOST_CHECK(hash_of(*parsed) == made->hash);
        manifest = *parsed;
        auto chain_params = make_chain_params("membertest", options_of(folder.path + "/member0/elements.conf"));
        BOOST_REQUIRE_MESSAGE(chain_params, (chain_params ? "" : chain_params.error().message));
        params = *chain_params;
        params.epoch_length = 5;  // four votes change the parameters
        people.resize(n);
        for (size_t i = 0; i < n; ++i) {
            people[i].chain = std::make_unique<ListChain>(*this, i);
            people[i].chain->blocks.push_back(std::make_shared<const Block>(params.genesis));
            people[i].links = std::make_unique<Switchboard>(*this, i);
        }
        loop.start();
    }
    ~Town() {
        for (size_t i = 0; i < people.size(); ++i) stop(i);
        loop.stop();
    }

    [[nodiscard]] std::string home(size_t who) const { return folder.path + "/member" + std::to_string(who); }
    [[nodiscard]] signer::MemberKeys keys_of(size_t who) const {
        auto keys = signer::read_key_file(home(who) + "/federation.keys", "");
        BOOST_REQUIRE(keys);
        return std::move(*keys);
    }
    // Somebody who may join: keys and journal, and an empty chain.
    ManifestMember newcomer() {
        const size_t who = people.size();
        const std::string name = "member" + std::to_string(who);
        auto link = transport::generate_transport_keys();
        BOOST_REQUIRE(link);
        signer::MemberKeys keys{name, {}, SecretKey::generate(), SecretKey::generate(), std::move(link->secret)};
        random_bytes(keys.journal.mutable_view());
        std::filesystem::create_directories(home(who) + "/membertest");
        BOOST_REQUIRE(signer::write_key_file(home(who) + "/federation.keys", keys, ""));
        BOOST_REQUIRE(signer::MemberSigner::create_journal(home(who) + "/membertest/signer", keys.journal));
        people.emplace_back();
        people[who].chain = std::make_unique<ListChain>(*this, who);
        people[who].chain->blocks.push_back(std::make_shared<const Block>(params.genesis));
        people[who].links = std::make_unique<Switchboard>(*this, who);
        return {name, to_bytes(keys.block.pubkey().view()), to_bytes(keys.payout.pubkey().view()), link->public_key,
                "tcp://127.0.0.1:1"};
    }
    // The town's members run at a faster pace than its file says; a successor follows what they run.
    [[nodiscard]] Manifest running() const {
        Manifest out = manifest;
        out.timing.agreement.interval = agreement::Milliseconds(150);
        return out;
    }
    [[nodiscard]] std::string signed_by(const Manifest& next, const Manifest& before,
                                        const std::vector<size_t>& who) const {
        std::vector<ManifestSignature> signatures;
        for (const size_t each : who) {
            const auto signature = sign_manifest(next, before, keys_of(each));
            BOOST_REQUIRE_MESSAGE(signature, (signature ? "" : signature.error().message));
            signatures.push_back(*signature);
        }
        return to_json(next, signatures);
    }
    Status load(size_t who, const std::string& json) {
        Status out;
        on_loop([&] { out = people[who].member->load_manifest(json); });
        return out;
    }
    FederationStatus info(size_t who) { return people[who].member->status()->federation; }

    void start(size_t who) {
        on_loop([&, who] {
            Inhabitant& one = people[who];
            const std::string home = folder.path + "/member" + std::to_string(who);
            auto keys = signer::read_key_file(home + "/federation.keys", "");
            BOOST_REQUIRE(keys);
            auto opened = signer::MemberSigner::open(std::move(*keys), home + "/membertest/signer");
            BOOST_REQUIRE_MESSAGE(opened, (opened ? "" : opened.error().message));
            one.signer = std::move(*opened);
            auto cache = storage::open_leveldb(home + "/membertest/federation", {});
            BOOST_REQUIRE(cache);
            one.cache = std::move(*cache);
            auto decisions = storage::open_leveldb(home + "/membertest/operator", {});
            BOOST_REQUIRE(decisions);
            one.decisions = std::move(*decisions);
            Manifest mine = one.pinned ? *one.pinned : manifest;
            mine.timing.agreement.interval = agreement::Milliseconds(150);
            MemberNeeds needs{params,     clock,       loop,       *one.chain,    nullptr,
                              *one.links, *one.signer, *one.cache, *one.decisions};
            auto made = Member::create(needs, mine, "member" + std::to_string(who));
            BOOST_REQUIRE_MESSAGE(made, (made ? "" : made.error().message));
            one.member = std::move(*made);
            one.member->add_listener([&](const std::string& topic, const std::string&) { topics.insert(topic); });
            const Status started = one.member->start();
            BOOST_REQUIRE_MESSAGE(started, (started ? "" : started.error().message));
        });
    }
    void stop(size_t who) {
        on_loop([&, who] {
            people[who].member.reset();
            people[who].signer.reset();
            people[who].cache.reset();
            people[who].decisions.reset();
        });
    }
    template <class F>
    void on_loop(F task) {
        BOOST_REQUIRE(loop.call([&]() -> bool {
            task();
            return true;
        }));
    }
    uint32_t height(size_t who) {
        uint32_t out = 0;
        on_loop([&] { out = people[who].chain->tip().height; });
        return out;
    }
    bool wait_for(const std::function<bool()>& done, int seconds = 60) {
        for (int i = 0; i < seconds * 20; ++i) {
            if (done()) return true;
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
        return false;
    }
    bool reach(uint32_t target, std::vector<size_t> who) {
        const bool reached = wait_for(
            [&] { return std::all_of(who.begin(), who.end(), [&](size_t each) { return height(each) >= target; }); });
        for (const size_t each : who) {
            if (!reached) BOOST_TEST_MESSAGE(federation_json(people[each].member->status()->federation));
        }
        return reached;
    }
    void agree(uint32_t upto, const std::vector<size_t>& who) {
        on_loop([&] {
            for (uint32_t h = 0; h <= upto; ++h) {
                for (const size_t each : who) {
                    BOOST_CHECK(people[each].chain->hash_at(h) == people[who[0]].chain->hash_at(h));
                }
            }
        });
    }
    // p2p between the chains: whoever is at this height takes the block.
    void spread(const BlockRef& block) {
        for (size_t i = 0; i < people.size(); ++i) {
            loop.post([this, i, block] { give(i, block); });
        }
    }
    void give(size_t who, const BlockRef& block) {
        Inhabitant& one = people[who];
        if (!one.member) return;
        const Tip tip = one.chain->tip();
        if (block->header.height != tip.height + 1 || block->header.prev != tip.hash) return;
        one.chain->blocks.push_back(block);
        one.member->on_connected(compute_hash(block->header), block);
    }
    // A member that was away takes the blocks that it missed.
    void catch_up(size_t who, size_t from) {
        on_loop([&] {
            for (size_t h = people[who].chain->blocks.size(); h < people[from].chain->blocks.size(); ++h) {
                give(who, people[from].chain->blocks[h]);
            }
        });
    }

    Folder folder;
    Manifest manifest;
    ChainParams params;
    SystemClock clock;
    runtime::EventLoop loop{"federation"};
    std::vector<Inhabitant> people;
    std::set<std::string> topics;
};

Tip ListChain::tip() const {
    const BlockHeader& header = blocks.back()->header;
    return {compute_hash(header), header.height, header.time};
}
Result<BlockRef> ListChain::block_at(uint32_t height) const {
    if (height >= blocks.size()) return fail("no such block");
    return blocks[height];
}
std::optional<BlockHash> ListChain::hash_at(uint32_t height) const {
    if (height >= blocks.size()) return std::nullopt;
    return compute_hash(blocks[height]->header);
}
test::HeaderChain ListChain::headers() const {
    test::HeaderChain out;
    for (const BlockRef& block : blocks) out.add(block->header);
    return out;
}
Result<DynafedEntry> ListChain::parameters_after(const BlockHash&) const {
    return fed_rules::full_parameters(headers(), town_.params);
}

void ListChain::build(BuildRequest request, std::function<void(Result<BlockRef>)> done) {
    Transaction coinbase;
    TxIn input;
    input.prevout.index = 0xffffffff;
    const uint32_t height = static_cast<uint32_t>(blocks.size());
    input.script_sig.bytes = {4, static_cast<uint8_t>(height), static_cast<uint8_t>(height >> 8), 0, 0,
                              1, static_cast<uint8_t>(who_)};
    input.witness.script_witness = {Bytes(32, 0)};
    coinbase.inputs.push_back(input);
    TxOut output;
    output.asset = town_.params.pegged_asset;
    output.value = Amount{0};
    output.script = ledger::make_commitment_script(request.commitment);
    coinbase.outputs.push_back(output);
    output.script.bytes = {0x6a};
    coinbase.outputs.push_back(output);
    coinbase.outputs.push_back(output);  // each output is a leaf of the root: it must be there
    coinbase.outputs.back().script = rules::witness_commitment_script({make_tx(coinbase)}, Bytes(32, 0));
    Block block;
    block.transactions.push_back(make_tx(coinbase));
    block.header.version = 0x20000000;
    block.header.prev = request.prev;
    block.header.height = height;
    block.header.time = request.time;
    block.header.merkle_root = tx_merkle_root(block.transactions).root;
    DynafedHeader seal;
    seal.current = fed_rules::expected_current(headers(), town_.params);
    seal.proposed = request.proposed;
    block.header.seal = seal;
    auto built = std::make_shared<const Block>(std::move(block));
    town_.loop.post([built, done = std::move(done)] { done(BlockRef(built)); });
}
void ListChain::test(BlockRef block, std::function<void(TestVerdict)> done) {
    const bool fits = block->header.prev == tip().hash && !rules::is_mutated(*block);
    town_.loop.post([fits, done = std::move(done)] {
        TestVerdict verdict;
        if (!fits) verdict.rules = invalid("bad-block");
        done(verdict);
    });
}
void ListChain::submit(BlockRef block, std::function<void(Status)> done) {
    const bool good = fed_rules::check_block_proof(block->header, town_.params);
    BOOST_CHECK(good);
    town_.loop.post([this, block, good, done = std::move(done)] {
        if (good) town_.spread(block);
        done(good ? Status{} : fail("bad proof"));
    });
}
void Switchboard::send(uint8_t to, Bytes frame) {
    town_.loop.post([this, to, frame = std::move(frame)] {
        if (town_.people[to].member) town_.people[to].member->on_frame(static_cast<uint8_t>(who_), frame);
    });
}

}  // namespace

BOOST_AUTO_TEST_CASE(four_members_make_one_chain) {
    Town town(4, 3);
    for (size_t i = 0; i < 4; ++i) town.start(i);
    BOOST_REQUIRE(town.reach(8, {0, 1, 2, 3}));
    town.agree(8, {0, 1, 2, 3});
    const MemberStatusRef status = town.people[1].member->status();
    BOOST_TEST(status->federation.name == "member1");
    BOOST_TEST(status->federation.final_height >= 7u);
    BOOST_TEST(status->federation.signer_mode == "normal");
    BOOST_TEST(status->federation.alarms.empty());
    BOOST_TEST(status->federation.donation_address.substr(0, 3) == "rb1");
    town.on_loop([&] { BOOST_TEST(town.topics.contains("federation")); });
}

BOOST_AUTO_TEST_CASE(a_member_that_never_starts_costs_no_block) {
    Town town(4, 3);
    for (size_t i = 0; i < 3; ++i) town.start(i);
    BOOST_REQUIRE(town.reach(6, {0, 1, 2}));
    town.agree(6, {0, 1, 2});
}

BOOST_AUTO_TEST_CASE(a_member_that_dies_comes_back_and_votes_again) {
    Town town(4, 3);
    for (size_t i = 0; i < 4; ++i) town.start(i);
    BOOST_REQUIRE(town.reach(3, {0, 1, 2, 3}));
    town.stop(2);
    const uint32_t at = town.height(0);
    BOOST_REQUIRE(town.reach(at + 3, {0, 1, 3}));
    town.start(2);
    town.catch_up(2, 0);
    // Without another one, the returned member is needed for every block.
    town.stop(0);
    const uint32_t then = town.height(1);
    BOOST_REQUIRE(town.reach(then + 3, {1, 2, 3}));
    town.agree(then + 3, {1, 2, 3});
    BOOST_TEST(town.people[2].member->status()->federation.boot == 2u);
    BOOST_TEST(town.people[2].member->status()->federation.alarms.empty());
}

BOOST_AUTO_TEST_CASE(all_members_restart_and_go_on) {
    Town town(3, 2);
    for (size_t i = 0; i < 3; ++i) town.start(i);
    BOOST_REQUIRE(town.reach(2, {0, 1, 2}));
    for (size_t i = 0; i < 3; ++i) town.stop(i);
    for (size_t i = 0; i < 3; ++i) town.catch_up(i, 0);
    const uint32_t at = town.height(0);
    for (size_t i = 0; i < 3; ++i) town.start(i);
    BOOST_REQUIRE(town.reach(at + 3, {0}));
}

BOOST_AUTO_TEST_CASE(a_second_signed_header_halts_the_member_until_its_operator_decides) {
    Town town(4, 3);
    for (size_t i = 0; i < 4; ++i) town.start(i);
    BOOST_REQUIRE(town.reach(3, {0, 1, 2, 3}));
    const auto mode = [&] { return town.people[0].member->status()->federation.signer_mode; };
    BlockHash kept;
    town.on_loop([&] {
        kept = *town.people[0].chain->hash_at(2);
        town.people[0].member->on_header(kept, 2);  // the one that is known: nothing
    });
    BOOST_TEST(mode() == "normal");
    town.on_loop([&] {
        BlockHash rival = kept;
        rival.bytes[0] ^= 1;
        town.people[0].member->on_header(rival, 2);
    });
    BOOST_TEST(mode() == "halted");
    BOOST_TEST(town.people[0].member->status()->federation.alarms.size() == 1u);
    const uint32_t at = town.height(1);
    BOOST_REQUIRE(town.reach(at + 2, {0, 1, 2, 3}));  // it follows; the others go on without it
    town.on_loop([&] { BOOST_TEST(town.people[0].member->resolve_conflict(kept).has_value()); });
    town.stop(3);  // needed again
    const uint32_t then = town.height(0);
    BOOST_TEST(town.reach(then + 2, {0, 1, 2}));
    BOOST_TEST(mode() == "normal");
}

BOOST_AUTO_TEST_CASE(a_freeze_outlasts_a_restart_until_the_operator_clears_it) {
    Town town(4, 3);
    const auto frozen = [&] { return town.people[0].member->status()->federation.frozen; };
    town.start(0);
    BOOST_TEST(!frozen());
    town.stop(0);
    // What an earlier run met, and wrote before it raised the alarm.
    const std::string folder = town.folder.path + "/member0/membertest/operator";
    {
        auto db = storage::open_leveldb(folder, {});
        BOOST_REQUIRE(db);
        Decisions decisions(**db);
        BOOST_REQUIRE(decisions.load());
        BOOST_TEST(decisions.freeze("a claimed deposit left the best chain").has_value());
    }
    town.start(0);
    BOOST_TEST(frozen());
    const auto alarms = town.people[0].member->status()->federation.alarms;
    BOOST_REQUIRE(alarms.size() == 1u);
    BOOST_TEST(alarms[0] == "frozen (no claims, no payouts): a claimed deposit left the best chain");
    town.on_loop([&] { BOOST_TEST(town.people[0].member->clear_freeze().has_value()); });
    town.stop(0);
    town.start(0);
    BOOST_TEST(!frozen());
}

BOOST_AUTO_TEST_CASE(garbage_from_a_member_changes_nothing) {
    Town town(4, 3);
    for (size_t i = 0; i < 4; ++i) town.start(i);
    BOOST_REQUIRE(town.reach(2, {0, 1, 2, 3}));
    for (int i = 0; i < 200; ++i) {
        Bytes junk(static_cast<size_t>(i), static_cast<uint8_t>(i));
        if (!junk.empty()) junk[0] = static_cast<uint8_t>(i % 16);
        town.loop.post([&town, junk] { town.people[0].member->on_frame(1, junk); });
    }
    const uint32_t at = town.height(0);
    BOOST_TEST(town.reach(at + 3, {0, 1, 2, 3}));
}

namespace {

// The branch that is genesis alone.
class GenesisView final : public HeaderView {
public:
    explicit GenesisView(const ChainParams& params) : params_(params) {}
    [[nodiscard]] uint32_t height() const override { return 0; }
    [[nodiscard]] BlockHash hash_at(uint32_t) const override { return params_.genesis_hash; }
    [[nodiscard]] int32_t version_at(uint32_t) const override { return params_.genesis.header.version; }
    [[nodiscard]] uint32_t time_at(uint32_t) const override { return params_.genesis.header.time; }
    [[nodiscard]] uint32_t median_time_past_at(uint32_t) const override { return params_.genesis.header.time; }
    [[nodiscard]] bool is_dynafed_at(uint32_t) const override { return false; }
    [[nodiscard]] Hash256 proposed_root_at(uint32_t) const override { return {}; }
    [[nodiscard]] std::shared_ptr<const BlockHeader> header_at(uint32_t) const override {
        return std::make_shared<const BlockHeader>(params_.genesis.header);
    }

private:
    const ChainParams& params_;
};

}  // namespace

BOOST_AUTO_TEST_CASE(the_first_set_is_what_the_chain_options_imply) {
    Town town(4, 3);
    const DynafedEntry expected = fed_rules::full_parameters(GenesisView(town.params), town.params);
    BOOST_CHECK(expected == dynafed_entry(town.manifest.sets[0]));
}

BOOST_AUTO_TEST_CASE(manifests_are_read_strictly) {
    Town town(4, 3);
    const std::string text = slurp(town.folder.path + "/manifest.json");
    BOOST_TEST(parse_manifest(text).has_value());
    BOOST_TEST(!parse_manifest("").has_value());
    BOOST_TEST(!parse_manifest("[]").has_value());
    BOOST_TEST(!parse_manifest("{}").has_value());
    const auto with = [&](const std::string& what, const std::string& by) {
        std::string changed = text;
        changed.replace(changed.find(what), what.size(), by);
        return changed;
    };
    BOOST_TEST(!parse_manifest(with("\"sequence\": 0", "\"sequence\": -1")).has_value());
    BOOST_TEST(!parse_manifest(with("\"sequence\": 0", "\"sequence\": \"0\"")).has_value());
    BOOST_TEST(!parse_manifest(with("\"sequence\": 0", "\"sequence\": 0, \"extra\": 1")).has_value());
    const auto changed = parse_manifest(with("\"sequence\": 0", "\"sequence\": 1"));
    BOOST_REQUIRE(changed);
    BOOST_CHECK(hash_of(*changed) != hash_of(town.manifest));
    BOOST_TEST(town.manifest.birth_height == 1u);  // regtest
    BOOST_TEST(!parse_manifest(with("\"birth_height\": 1", "\"birth_height\": -1")).has_value());
    Manifest later = town.manifest;
    later.birth_height = 2;
    BOOST_CHECK(hash_of(later) != hash_of(town.manifest));
    BOOST_TEST(check_manifest(later).has_value());
    later.birth_height = 0;
    BOOST_TEST(!check_manifest(later).has_value());
    Manifest weak = town.manifest;
    weak.sets[0].witness_limit = 74;
    BOOST_TEST(!check_manifest(weak).has_value());
    Manifest twice = town.manifest;
    twice.members[1].payout_key = twice.members[0].payout_key;
    BOOST_TEST(!check_manifest(twice).has_value());
}

namespace {

// members 1 to 4 of five, the fifth being new.
Manifest next_of(const Manifest& before, const ManifestMember& joins, uint32_t start_height) {
    SuccessorPlan plan{before, {joins}, {"member1", "member2", "member3", "member4"}, 3, start_height};
    const auto made = make_successor(plan);
    BOOST_REQUIRE_MESSAGE(made, (made ? "" : made.error().message));
    return *made;
}

}  // namespace

BOOST_AUTO_TEST_CASE(successors_keep_what_their_predecessor_lists_and_need_its_quorum) {
    Town town(4, 3);
    const Manifest before = town.manifest;
    const Manifest good = next_of(before, town.newcomer(), 5);
    BOOST_TEST(check_change(good, before).has_value());
    const auto refused = [&](const char* why, const std::function<void(Manifest&)>& change) {
        Manifest bad = good;
        change(bad);
        const Status status = check_change(bad, before);
        BOOST_TEST_CONTEXT(why) { BOOST_TEST((!status && status.error().message.find(why) != std::string::npos)); }
    };
    refused("another predecessor", [](Manifest& m) { m.predecessor.bytes[0] ^= 1; });
    refused("next sequence", [](Manifest& m) { ++m.sequence; });
    refused("another chain", [](Manifest& m) { m.genesis.bytes[0] ^= 1; });
    refused("keys or the place of member0", [](Manifest& m) { std::swap(m.members[0], m.members[1]); });
    refused("sets and add one", [](Manifest& m) { m.sets[0].csv = 1; });
    refused("sets and add one", [](Manifest& m) { m.sets.pop_back(); });
    refused("not in order", [](Manifest& m) { m.sets.back().start_height = m.sets.front().start_height; });
    refused("key of no member", [](Manifest& m) { m.members.pop_back(); });

    const auto parse = [](const std::string& text) { return *parse_signed_manifest(text); };
    BOOST_TEST(check_successor(parse(town.signed_by(good, before, {0, 1, 3})), before).has_value());
    BOOST_TEST(!check_successor(parse(town.signed_by(good, before, {0, 1})), before).has_value());
    BOOST_TEST(
        !check_successor(parse(town.signed_by(good, before, {0, 1, 1})), before).has_value());  // one counts once
    SignedManifest moved = parse(town.signed_by(good, before, {0, 1, 3}));
    ++moved.manifest.sets.back().start_height;  // signed something else
    BOOST_TEST(!check_successor(moved, before).has_value());
    BOOST_TEST(!sign_manifest(good, before, town.keys_of(4)).has_value());  // not of the set before
    const Overlap overlap = payout_overlap(good);
    BOOST_TEST(overlap.shared == 3u);
    BOOST_TEST(overlap.needed == 3u);
}

BOOST_AUTO_TEST_CASE(a_running_federation_replaces_a_member) {
    Town town(4, 3);
    for (size_t i = 0; i < 4; ++i) town.start(i);
    BOOST_REQUIRE(town.reach(2, {0, 1, 2, 3}));
    Manifest next;
    town.on_loop([&] { next = next_of(town.running(), town.newcomer(), 3); });
    const std::string text = town.signed_by(next, town.running(), {0, 1, 2});
    for (size_t i = 0; i < 4; ++i) BOOST_REQUIRE(town.load(i, text));
    BOOST_TEST(town.load(0, text).has_value());  // again: nothing new
    town.people[4].pinned = next;
    town.start(4);
    town.catch_up(4, 0);
    BOOST_TEST(!town.info(4).signs);
    BOOST_REQUIRE(town.wait_for([&] { return town.info(1).set == 1; }));
    const uint32_t at = town.height(1);
    BOOST_TEST((at + 1) % town.params.epoch_length == 0u);
    // The one that left follows; the new one is needed now.
    BOOST_REQUIRE(town.reach(at + 2, {0, 1, 2, 3, 4}));
    BOOST_TEST(!town.info(0).signs);
    BOOST_TEST(town.info(4).signs);
    town.stop(3);
    const uint32_t then = town.height(1);
    BOOST_REQUIRE(town.reach(then + 3, {0, 1, 2, 4}));
    town.agree(then + 3, {0, 1, 2, 4});
    // Back after a restart, with the manifest that it was given.
    town.start(3);
    town.catch_up(3, 0);
    BOOST_REQUIRE(town.wait_for([&] { return town.info(3).set == 1 && town.info(3).signs; }));
    town.stop(4);
    const uint32_t last = town.height(1);
    BOOST_REQUIRE(town.reach(last + 3, {1, 2, 3}));
    for (const size_t i : {0, 1, 2, 3}) BOOST_TEST(town.info(i).alarms.empty());
}

BOOST_AUTO_TEST_CASE(no_vote_without_the_new_members_and_none_without_the_manifest) {
    Town town(4, 3);
    for (size_t i = 0; i < 4; ++i) town.start(i);
    BOOST_REQUIRE(town.reach(1, {0, 1, 2, 3}));
    // All of the next set but member 1 are new: while they are away, nobody votes.
    std::vector<ManifestMember> joining;
    town.on_loop([&] {
        for (int i = 0; i < 3; ++i) joining.push_back(town.newcomer());
    });
    SuccessorPlan plan{town.running(), joining, {"member1", "member4", "member5", "member6"}, 3, 2};
    const auto next = make_successor(plan);
    BOOST_REQUIRE(next);
    const std::string text = town.signed_by(*next, town.running(), {0, 1, 2});
    for (const size_t i : {0, 1, 2}) BOOST_REQUIRE(town.load(i, text));
    BOOST_REQUIRE(town.reach(12, {0, 1, 2, 3}));
    BOOST_TEST(town.info(0).set == 0u);
    BOOST_TEST(town.info(0).change->votes == 0u);
    // They come. Member 3 has not loaded the manifest: it refuses the votes, and k others suffice.
    for (const size_t i : {4, 5, 6}) {
        town.people[i].pinned = *next;
        town.start(i);
        town.catch_up(i, 0);
    }
    BOOST_REQUIRE(town.wait_for([&] { return town.info(0).change && town.info(0).change->votes > 0; }));
    BOOST_REQUIRE(town.load(3, text));
    BOOST_REQUIRE(town.wait_for([&] { return town.info(1).set == 1; }));
    const uint32_t at = town.height(1);
    BOOST_REQUIRE(town.reach(at + 3, {0, 1, 2, 3, 4, 5, 6}));
    town.agree(at + 3, {0, 1, 2, 3, 4, 5, 6});
}

BOOST_AUTO_TEST_CASE(a_member_without_the_manifest_stops_voting_and_comes_back_with_it) {
    Town town(4, 3);
    for (size_t i = 0; i < 4; ++i) town.start(i);
    BOOST_REQUIRE(town.reach(1, {0, 1, 2, 3}));
    SuccessorPlan plan{town.running(), {}, {"member1", "member2", "member3"}, 2, 2};
    const auto next = make_successor(plan);
    BOOST_REQUIRE(next);
    const std::string text = town.signed_by(*next, town.running(), {0, 1, 2});
    // Member 3 is away while the others decide; it comes back unaware.
    town.stop(3);
    for (const size_t i : {0, 1, 2}) BOOST_REQUIRE(town.load(i, text));
    BOOST_REQUIRE(town.wait_for([&] { return town.info(1).set == 1; }));
    const uint32_t at = town.height(1);
    BOOST_REQUIRE(town.reach(at + 2, {0, 1, 2}));
    town.start(3);
    town.catch_up(3, 0);
    BOOST_REQUIRE(town.wait_for([&] { return !town.info(3).alarms.empty() && !town.info(3).signs; }));
    BOOST_TEST(!town.load(3, text).has_value());  // kept; restart
    town.stop(3);
    town.start(3);
    town.catch_up(3, 0);
    BOOST_REQUIRE(town.wait_for([&] { return town.info(3).signs; }));
    BOOST_TEST(town.info(3).alarms.empty());
    town.stop(2);  // two of three: member 3 is needed
    const uint32_t then = town.height(1);
    BOOST_REQUIRE(town.reach(then + 3, {1, 3}));
}
