// A town: whole members in one process. The real driver, agreement, signer, journal and manifest, on real blocks with
// real signatures. Pretended: links (a switchboard) and the chain (a list of blocks that checks proofs). All members
// live on one loop; every call that touches one goes through on_loop or is posted there.
#pragma once

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "federation/member/make_federation.h"
#include "federation/member/make_successor.h"
#include "federation/member/member.h"
#include "federation/member/status_json.h"
#include "storage/leveldb_db.h"
#include "support/header_chain.h"
#include "util/random.h"

namespace sluice::member {

struct Folder {
    std::string path;
    Folder() {
        path = (std::filesystem::temp_directory_path() / ("sluice-member-" + std::to_string(random_u64()))).string();
    }
    ~Folder() { std::filesystem::remove_all(path); }
};

inline std::string slurp(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline Options options_of(const std::string& conf) {
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

}  // namespace sluice::member
