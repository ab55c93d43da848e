#include "peg/chain/parent_chain.h"

#include <boost/test/unit_test.hpp>
#include <condition_variable>
#include <mutex>

#include "codec/hex.h"
#include "consensus/script/templates.h"
#include "peg/parent/merkle_block.h"
#include "storage/memory_disk.h"

using namespace sluice;
using namespace sluice::parent;
using namespace sluice::parent_chain;

namespace {

const HeaderRules& regtest() { return header_rules(Network::kRegtest); }

Bytes encode_block(const ParentBlock& block) {
    ByteWriter writer;
    describe(static_cast<Writer&>(writer), block.header);
    writer.compact_size(block.transactions.size());
    for (const ParentTransaction& tx : block.transactions) describe(static_cast<Writer&>(writer), tx);
    return writer.release();
}

// A Bitcoin node in memory that mines real regtest blocks.
class FakeNode final : public BitcoinNode {
public:
    FakeNode() {
        ParentBlock genesis;
        genesis.header = regtest().genesis;
        chain_.push_back(genesis);
    }

    void mine(size_t count = 1, std::vector<ParentTransaction> transactions = {}) {
        const std::lock_guard lock(mutex_);
        for (; count > 0; --count, transactions.clear()) {
            ParentBlock block;
            ParentTransaction coinbase;
            coinbase.inputs.emplace_back();
            coinbase.inputs[0].script_sig.bytes = to_bytes(as_bytes("block " + std::to_string(++salt_)));
            coinbase.outputs.push_back({{50'0000'0000}, coinbase_script});
            block.transactions.push_back(coinbase);
            for (const ParentTransaction& tx : transactions) block.transactions.push_back(tx);
            for (const ParentTransaction& tx : block.transactions) {
                block.txids.push_back(compute_txid(tx));
                for (const ParentTxIn& in : tx.inputs) spent_.insert(in.prevout);
            }
            block.header.version = 0x20000000;
            block.header.previous = compute_hash(chain_.back().header);
            block.header.merkle_root = merkle_root(block.txids);
            block.header.time = chain_.back().header.time + 1;
            block.header.bits = regtest().genesis.bits;
            while (!check_pow(compute_hash(block.header), block.header.bits, regtest().limit)) ++block.header.nonce;
            by_hash_[compute_hash(block.header)] = block;
            chain_.push_back(block);
        }
    }
    void drop(size_t count) {
        const std::lock_guard lock(mutex_);
        chain_.resize(chain_.size() - count);
    }
    ParentBlockHash tip() const { return compute_hash(chain_.back().header); }
    ParentBlockHash at(size_t height) const { return compute_hash(chain_.at(height).header); }

    Result<uint32_t> block_count() override {
        const std::lock_guard lock(mutex_);
        if (down) return fail("down");
        return static_cast<uint32_t>(chain_.size() - 1);
    }
    Result<std::vector<ParentBlockHash>> block_hashes(uint32_t first, uint32_t count) override {
        const std::lock_guard lock(mutex_);
        std::vector<ParentBlockHash> out;
        for (uint32_t i = first; i < first + count; ++i) {
            if (i >= chain_.size()) return fail("out of range");
            out.push_back(compute_hash(chain_[i].header));
        }
        return out;
    }
    Result<std::vector<Bytes>> headers(const std::vector<ParentBlockHash>& hashes) override {
        const std::lock_guard lock(mutex_);
        std::vector<Bytes> out;
        for (const ParentBlockHash& hash : hashes) {
            ParentHeader header = by_hash_.at(hash).header;
            if (lie_about_work) header.bits = 0x1d00ffff;
            out.push_back(encode(header));
        }
        return out;
    }
    Result<Bytes> block(const ParentBlockHash& hash) override {
        const std::lock_guard lock(mutex_);
        ++blocks_asked;
        const auto at = by_hash_.find(hash);
        if (at == by_hash_.end() || pruned) return fail("no such block");
        return encode_block(at->second);
    }
    Result<std::optional<UnspentOutput>> unspent(const ParentOutPoint& outpoint, bool) override {
        if (spent_.contains(outpoint)) return std::nullopt;
        for (const ParentBlock& block : chain_) {
            for (const ParentTxid& txid : block.txids) {
                if (txid == outpoint.txid) return std::optional(UnspentOutput{tip(), 1});
            }
        }
        return std::nullopt;
    }
    Status send(ByteView) override { return {}; }
    Result<bool> in_mempool(const ParentTxid& txid) override { return pool.contains(txid); }
    Result<std::optional<uint32_t>> fee_rate() override { return std::optional<uint32_t>(1234); }

    Script coinbase_script{{0x51}};
    std::set<ParentTxid> pool;
    bool down = false;
    bool lie_about_work = false;
    bool pruned = false;
    int blocks_asked = 0;

private:
    std::mutex mutex_;
    std::vector<ParentBlock> chain_;
    std::map<ParentBlockHash, ParentBlock> by_hash_;
    std::set<ParentOutPoint> spent_;
    uint64_t salt_ = 0;
};

ParentTransaction pay(const Script& script, int64_t value, ParentOutPoint from) {
    ParentTransaction tx;
    tx.inputs.emplace_back();
    tx.inputs[0].prevout = from;
    tx.inputs[0].witness = {{1}};
    tx.outputs.push_back({{value}, script});
    return tx;
}
ParentOutPoint foreign(uint32_t n) { return {ParentTxid::from(sha256(as_bytes("foreign " + std::to_string(n)))), n}; }

struct Fixture {
    storage::MemoryDisk disk;
    SystemClock clock;
    runtime::EventLoop loop{"parent"};
    FakeNode* node = nullptr;
    std::unique_ptr<ParentChain> chain;
    std::atomic<int> changes{0};

    explicit Fixture(std::optional<uint32_t> scan_from = 0) : scan_from_(scan_from) {
        loop.start();
        auto owned = std::make_unique<FakeNode>();
        node = owned.get();
        open(std::move(owned));
    }
    void open(std::unique_ptr<FakeNode> owned) {
        ParentChainOptions options;
        options.rules = &regtest();
        options.poll = std::chrono::hours(1);  // only when a test says so
        options.scan_from = scan_from_;
        auto db = disk.open_db("parent", {});
        BOOST_REQUIRE(db.has_value());
        auto opened = ParentChain::open(options, std::move(*db), std::move(owned), loop, clock);
        BOOST_REQUIRE_MESSAGE(opened.has_value(), (opened ? "" : opened.error().message));
        chain = std::move(*opened);
        chain->on_change([this](const std::shared_ptr<const ParentSnapshot>&) { ++changes; });
        chain->start();
    }
    ~Fixture() {
        chain->stop();
        loop.stop();
    }
    void poll() {
        // Posted polls come before the marker of the last one; a few rounds let them finish.
        for (int i = 0; i < 20; ++i) {
            std::promise<void> done;
            chain->poll_now([&] { done.set_value(); });
            done.get_future().wait();
        }
    }

private:
    std::optional<uint32_t> scan_from_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(parent_chain_tests)

BOOST_AUTO_TEST_CASE(follows_the_node_and_judges_depth) {
    Fixture f;
    f.node->mine(1200);
    f.poll();
    const auto snapshot = f.chain->snapshot();
    BOOST_TEST(snapshot->ready());
    BOOST_TEST(snapshot->height() == 1200u);
    BOOST_TEST((snapshot->tip() == f.node->tip()));
    BOOST_TEST(snapshot->find(f.node->at(1200))->depth == 1u);
    BOOST_TEST(snapshot->find(f.node->at(1101))->depth == 100u);
    BOOST_TEST(!snapshot->find(ParentBlockHash{}).has_value());
    BOOST_TEST(f.chain->status()->connected);
    BOOST_TEST(f.chain->status()->fee_rate.value() == 1234u);
    BOOST_TEST((snapshot->below_tip(1) == f.node->at(1199)));
    // Earlier ends of the same chain.
    const auto earlier = snapshot->at(f.node->at(1100));
    BOOST_TEST(earlier->find(f.node->at(1100))->depth == 1u);
    BOOST_TEST(!earlier->find(f.node->at(1101)).has_value());
    // Nobody looked at the block: its count is fetched because somebody asked.
    BOOST_TEST(!snapshot->find(f.node->at(7))->tx_count.has_value());
    const int before = f.changes;
    f.poll();
    BOOST_TEST(snapshot->find(f.node->at(7))->tx_count.value() == 1u);
    BOOST_TEST(f.changes > before);
}

BOOST_AUTO_TEST_CASE(a_reorganisation_moves_the_best_chain_only_with_more_work) {
    Fixture f;
    f.node->mine(10);
    f.poll();
    const ParentBlockHash old_tip = f.node->tip();
    const ParentBlockHash shared = f.node->at(7);
    f.node->drop(3);
    f.node->mine(3);
    f.poll();
    BOOST_TEST((f.chain->snapshot()->tip() == old_tip));
    BOOST_TEST(!f.chain->snapshot()->accepts_commitment(f.node->tip(), shared));
    f.node->mine(1);
    f.poll();
    const auto snapshot = f.chain->snapshot();
    BOOST_TEST((snapshot->tip() == f.node->tip()));
    BOOST_TEST(!snapshot->contains(old_tip));
    BOOST_TEST(!snapshot->find(old_tip).has_value());
    // The commitment rule: repeat, or more work than the one before.
    BOOST_TEST(snapshot->accepts_commitment(old_tip, old_tip));
    BOOST_TEST(snapshot->accepts_commitment(f.node->tip(), old_tip));
    BOOST_TEST(!snapshot->accepts_commitment(f.node->at(10), old_tip));  // equal work
    BOOST_TEST(!snapshot->accepts_commitment(shared, f.node->tip()));
    BOOST_TEST(snapshot->accepts_commitment(shared, ParentBlockHash{}));  // an orphan that nobody knows counts nothing
}

BOOST_AUTO_TEST_CASE(a_restart_keeps_headers_and_records) {
    Fixture f;
    const Script ours = script::make_p2wpkh(hash160(as_bytes("ours")));
    f.chain->watch({{ours}, {}});
    f.node->mine(5);
    f.node->mine(1, {pay(ours, 777, foreign(1))});
    f.node->mine(5);
    f.poll();
    auto node = std::make_unique<FakeNode>();
    f.chain->stop();
    (void)f.loop.call([&] { f.chain.reset(); });
    node->down = true;
    f.open(std::move(node));
    const auto snapshot = f.chain->snapshot();
    BOOST_TEST(snapshot->height() == 11u);
    const auto view = f.chain->view_at(snapshot->tip());
    BOOST_REQUIRE(view != nullptr);
    BOOST_REQUIRE_EQUAL(view->received().size(), 1u);
    BOOST_TEST(view->received()[0].value.sat == 777);
    BOOST_TEST(view->received()[0].height == 6u);
}

BOOST_AUTO_TEST_CASE(coins_are_seen_at_every_c) {
    Fixture f;
    const Script ours = script::make_p2wpkh(hash160(as_bytes("ours")));
    const ParentTransaction in = pay(ours, 1000, foreign(1));
    const ParentTransaction out = pay(Script{{0x51}}, 900, {compute_txid(in), 0});
    f.node->mine(2);
    f.node->mine(1, {in});
    f.node->mine(2);
    f.node->mine(1, {out});
    f.chain->watch({{ours}, {}});
    f.poll();
    const auto at = [&](size_t height) { return f.chain->view_at(f.node->at(height)); };
    BOOST_TEST(at(2)->received().empty());
    BOOST_TEST(at(3)->received().size() == 1u);
    BOOST_TEST(at(3)->transaction_of({compute_txid(in), 0}) == encode_parent_tx(in, parent::ParentWitness::kWithout));
    BOOST_TEST(at(3)->transaction_of({compute_txid(in), 1}).empty());
    BOOST_TEST(at(2)->transaction_of({compute_txid(in), 0}).empty());
    BOOST_TEST(!at(5)->spend_of({compute_txid(in), 0}).has_value());
    BOOST_TEST((at(6)->spend_of({compute_txid(in), 0}) == ledger::Spend{compute_txid(out), 6}));
    BOOST_TEST(at(6)->find(f.node->at(3)).value() == 3u);
    BOOST_TEST(!at(2)->find(f.node->at(3)).has_value());
    // A branch without the spend.
    const ParentBlockHash before = f.node->tip();
    f.node->drop(1);
    f.node->mine(3);
    f.poll();
    BOOST_TEST(!at(7)->spend_of({compute_txid(in), 0}).has_value());
    BOOST_TEST(f.chain->view_at(before)->spend_of({compute_txid(in), 0}).has_value());
    BOOST_TEST(at(7)->header_height(before).value() == 6u);
    BOOST_TEST(!at(7)->find(before).has_value());
}

BOOST_AUTO_TEST_CASE(a_coin_watched_late_is_looked_for_in_old_blocks) {
    Fixture f;
    const ParentTransaction deposit = pay(Script{{0x51}}, 1000, foreign(1));
    const ParentTransaction unspent = pay(Script{{0x51}}, 1000, foreign(2));
    const ParentTransaction theft = pay(Script{{0x51}}, 900, {compute_txid(deposit), 0});
    f.node->mine(1, {deposit, unspent});
    f.node->mine(1, {theft});
    f.node->mine(3);
    f.chain->watch({{Script{{0x52}}}, {}});
    f.poll();
    const int asked = f.node->blocks_asked;
    f.chain->watch({{}, {{{compute_txid(unspent), 0}, f.node->at(1)}, {foreign(2), std::nullopt}}});
    f.poll();
    BOOST_TEST(f.node->blocks_asked == asked);  // the node holds it unspent: nothing to look for
    f.chain->watch({{}, {{{compute_txid(deposit), 0}, f.node->at(1)}}});
    f.poll();
    BOOST_TEST(f.node->blocks_asked > asked);
    const auto view = f.chain->view_at(f.node->tip());
    BOOST_REQUIRE(view != nullptr);
    BOOST_TEST((view->spend_of({compute_txid(deposit), 0}) == ledger::Spend{compute_txid(theft), 2}));
    BOOST_TEST(!view->spend_of({compute_txid(unspent), 0}).has_value());
}

BOOST_AUTO_TEST_CASE(no_view_before_a_watch_was_applied) {
    Fixture f;
    const ParentTransaction in = pay(Script{{0x52}}, 1000, foreign(1));
    f.node->mine(1, {in});
    f.chain->watch({{Script{{0x53}}}, {}});
    f.poll();
    BOOST_TEST(f.chain->view_at(f.node->tip()) != nullptr);
    // The parent thread is busy: the view that was asked for does not exist yet, and the old one is not given out for
    // it.
    std::promise<void> go;
    f.loop.post([&] { go.get_future().wait(); });
    f.chain->watch({{Script{{0x52}}}, {}});
    BOOST_TEST(f.chain->view_at(f.node->tip()) == nullptr);
    const int before = f.changes;
    go.set_value();
    f.poll();
    BOOST_TEST(f.changes > before);
    BOOST_TEST(f.chain->view_at(f.node->tip())->received().size() == 1u);
    f.chain->watch({{Script{{0x52}}, Script{{0x53}}}, {}});
    BOOST_TEST(f.chain->view_at(f.node->tip()) != nullptr);
}

BOOST_AUTO_TEST_CASE(no_view_before_the_blocks_were_seen) {
    Fixture f;
    f.node->mine(3);
    f.node->pruned = true;
    f.chain->watch({{Script{{0x52}}}, {}});
    f.poll();
    BOOST_TEST(f.chain->snapshot()->height() == 3u);
    BOOST_TEST(f.chain->view_at(f.node->tip()) == nullptr);
    BOOST_TEST(!f.chain->status()->problem.empty());
    f.node->pruned = false;
    f.poll();
    BOOST_TEST(f.chain->view_at(f.node->tip()) != nullptr);
    BOOST_TEST(f.chain->status()->problem == "");
    BOOST_TEST(f.chain->view_at(ParentBlockHash{}) == nullptr);
}

BOOST_AUTO_TEST_CASE(deposits_come_with_their_proof) {
    Fixture f(std::nullopt);
    f.node->mine(20);
    f.poll();
    const Script mine = script::make_p2wpkh(hash160(as_bytes("deposit")));
    BOOST_TEST(f.chain->watch_deposits(mine).has_value());
    f.poll();
    BOOST_TEST(f.node->blocks_asked <= 20);
    const ParentTransaction tx = pay(mine, 5000, foreign(3));
    f.node->mine(1, {pay(Script{{0x51}}, 1, foreign(4)), tx});
    f.node->mine(2);
    f.poll();
    const auto found = f.chain->deposits();
    BOOST_REQUIRE(found.has_value());
    BOOST_REQUIRE_EQUAL(found->size(), 1u);
    const DepositSeen& deposit = found->front();
    BOOST_TEST(deposit.depth == 3u);
    BOOST_TEST(deposit.amount.sat == 5000);
    BOOST_TEST(!deposit.spent);
    BOOST_TEST((compute_txid(*decode_parent_tx(deposit.transaction)) == deposit.outpoint.txid));
    const auto proof = decode<MerkleBlock>(deposit.proof);
    BOOST_REQUIRE(proof.has_value());
    const auto matches = extract_matches(proof->tree);
    BOOST_REQUIRE(matches.has_value());
    BOOST_TEST((matches->root == proof->header.merkle_root));
    BOOST_TEST((matches->matches.at(0) == MerkleMatch{2, deposit.outpoint.txid}));
    // Mined again in another block after a reorganisation: one deposit, with the proof of the best chain.
    f.node->drop(3);
    f.node->mine(4, {tx});
    f.poll();
    const auto again = f.chain->deposits();
    BOOST_REQUIRE_EQUAL(again->size(), 1u);
    BOOST_TEST(again->front().depth == 4u);
    BOOST_TEST((decode<MerkleBlock>(again->front().proof)->header.previous == f.node->at(20)));
}

// Blocks may come faster than the node is asked: what counts is where Bitcoin was when the script was handed out.
BOOST_AUTO_TEST_CASE(a_deposit_buried_before_the_next_poll_is_found) {
    Fixture f(std::nullopt);
    f.node->mine(120);
    f.poll();
    const Script mine = script::make_p2wpkh(hash160(as_bytes("deposit")));
    BOOST_TEST(f.chain->watch_deposits(mine).has_value());
    f.node->mine(1, {pay(mine, 5000, foreign(3))});
    f.node->mine(6);
    f.poll();
    BOOST_TEST(f.node->blocks_asked <= 30);  // next to nothing of the past
    const auto found = f.chain->deposits();
    BOOST_REQUIRE(found.has_value());
    BOOST_REQUIRE_EQUAL(found->size(), 1u);
    BOOST_TEST(found->front().depth == 7u);
}

BOOST_AUTO_TEST_CASE(a_deposit_to_a_script_given_out_while_the_node_is_away_is_found) {
    Fixture f(std::nullopt);
    f.node->mine(10);
    f.poll();
    const Script mine = script::make_p2wpkh(hash160(as_bytes("deposit")));
    f.node->down = true;
    BOOST_TEST(f.chain->watch_deposits(mine).has_value());
    f.node->mine(1, {pay(mine, 5000, foreign(3))});
    f.node->mine(6);
    f.node->down = false;
    f.poll();
    BOOST_REQUIRE_EQUAL(f.chain->deposits()->size(), 1u);
}

BOOST_AUTO_TEST_CASE(a_node_that_lies_or_fails_changes_nothing) {
    Fixture f;
    f.node->mine(5);
    f.poll();
    f.node->mine(1);
    f.node->lie_about_work = true;
    f.poll();
    BOOST_TEST(f.chain->snapshot()->height() == 5u);
    BOOST_TEST(!f.chain->status()->connected);
    BOOST_TEST(f.chain->status()->problem.find("invalid") != std::string::npos);
    f.node->lie_about_work = false;
    f.node->down = true;
    f.poll();
    BOOST_TEST(f.chain->status()->problem == "down");
    BOOST_TEST(f.chain->snapshot()->height() == 5u);
    f.node->down = false;
    f.poll();
    BOOST_TEST(f.chain->snapshot()->height() == 6u);
    BOOST_TEST(f.chain->status()->connected);
}

BOOST_AUTO_TEST_CASE(headers_from_the_future_wait) {
    Fixture f;
    f.node->mine(3);
    f.clock.set_mock_time(regtest().genesis.time + 2 - kMaxFutureSeconds);
    f.poll();
    BOOST_TEST(f.chain->snapshot()->height() == 2u);
    BOOST_TEST(f.chain->status()->connected);
    f.clock.set_mock_time(0);
    f.poll();
    BOOST_TEST(f.chain->snapshot()->height() == 3u);
}

BOOST_AUTO_TEST_CASE(a_broadcast_counts_when_the_node_shows_it) {
    Fixture f;
    const ParentTransaction tx = pay(Script{{0x51}}, 5000, foreign(3));
    const auto send = [&] {
        std::promise<BroadcastResult> result;
        f.chain->broadcast(tx, [&](BroadcastResult got) { result.set_value(std::move(got)); });
        return result.get_future().get();
    };
    BOOST_TEST(!send().held);
    BOOST_TEST(!send().reason.empty());
    f.node->pool.insert(compute_txid(tx));
    BOOST_TEST(send().held);
    f.node->pool.clear();
    f.node->mine(1, {tx});
    BOOST_TEST(send().held);
}

BOOST_AUTO_TEST_SUITE_END()
