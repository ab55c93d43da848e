// Random lives of a wallet: payments, blocks, reorganisations, refusals and restarts in any order. After each step no
// coin is spent by two payments that both stand, no satoshi is made or lost, and a restart would change nothing.
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <random>

#include "fake_chain.h"
#include "storage/memory_disk.h"
#include "unit/wallet/free_coins.h"
#include "wallet/wallet.h"

namespace sluice::wallet {
namespace {

constexpr int64_t kFree = 50'000'000;

class Life {
public:
    explicit Life(uint32_t seed) : random_(seed) {
        static int lives = 0;
        folder_ = std::filesystem::temp_directory_path() /
                  ("sluice-life-" + std::to_string(::getpid()) + "-" + std::to_string(lives++));
        std::filesystem::create_directories(folder_);
        restart();
    }
    ~Life() { std::filesystem::remove_all(folder_); }

    void step() {
        switch (random_() % 8) {
            case 0:
            case 1:
            case 2: pay(kStranger); break;
            case 3: pay(wallet_->new_script("").value()); break;
            case 4:
            case 5: mine(); break;
            case 6: reorganise(); break;
            default: restart(); break;
        }
        check();
    }

private:
    void restart() {
        const auto before = wallet_ ? std::optional(snapshot()) : std::nullopt;
        wallet_.reset();
        wallet_ = std::move(
            Wallet::open({folder_, &params_, params_.pegged_asset, 1000}, disk_, chain_, nullptr, clock_).value());
        BOOST_REQUIRE(wallet_->catch_up().has_value());
        if (before) BOOST_REQUIRE((snapshot() == *before));
    }
    void pay(const Script& script) {
        chain_.refusal = random_() % 5 == 0 ? "refused" : "";
        const Amount amount{1 + static_cast<int64_t>(random_() % (kFree / 3))};
        const auto before = snapshot();
        const auto sent = wallet_->send({{script, params_.pegged_asset, amount, random_() % 2 == 0}}, {});
        if (!sent) BOOST_REQUIRE((snapshot() == before));
        chain_.refusal = "";
    }
    void mine() {
        if (random_() % 2 == 0) {
            chain_.mine({});
        } else {
            chain_.mine_pool();
        }
        ++blocks_;
        BOOST_REQUIRE(wallet_->catch_up().has_value());
    }
    // The last blocks go; what they held waits again, in the order that it was mined.
    void reorganise() {
        const uint32_t depth = blocks_ == 0 ? 0 : 1 + static_cast<uint32_t>(random_() % std::min(blocks_, 3u));
        std::vector<TxRef> back;
        for (uint32_t i = depth; i-- > 0;) {
            const auto hash = chain_.active_hash(blocks_ - i).value();
            const auto block = chain_.block(*hash).value();
            back.insert(back.end(), block->transactions.begin() + 1, block->transactions.end());
        }
        chain_.pop(depth);
        blocks_ -= depth;
        chain_.pool.insert(chain_.pool.begin(), back.begin(), back.end());
        mine();
    }

    using State = std::pair<std::vector<OutPoint>, int64_t>;
    [[nodiscard]] State snapshot() const {
        State out;
        for (const WalletCoin& coin : wallet_->unspent()) {
            out.first.push_back(coin.outpoint);
            out.second += coin.out.value.explicit_value().sat;
        }
        return out;
    }

    void check() const {
        std::map<OutPoint, Txid> spenders;
        int64_t left = 0;  // went to strangers and fees
        for (const auto& [txid, entry] : wallet_->ledger().all()) {
            if (entry.dead() || txid == params_.genesis.transactions.back()->txid) continue;
            for (const TxIn& in : entry.tx->tx.inputs) {
                if (!in.prevout.is_null()) BOOST_REQUIRE(spenders.emplace(in.prevout, txid).second);
            }
            if (entry.tx->tx.is_coinbase() || !wallet_->ledger().spends_ours(entry.tx->tx)) continue;
            for (const TxOut& out : entry.tx->tx.outputs) {
                if (!wallet_->is_mine(out.script)) left += out.value.explicit_value().sat;
            }
        }
        BOOST_REQUIRE(snapshot().second + left == kFree);
    }

    std::mt19937 random_;
    ChainParams params_ = params_with_free_coins(kFree);
    test::FakeChain chain_{params_.genesis};
    storage::MemoryDisk disk_;
    SystemClock clock_;
    std::string folder_;
    std::unique_ptr<Wallet> wallet_;
    uint32_t blocks_ = 0;  // above genesis
};

BOOST_AUTO_TEST_CASE(no_history_makes_loses_or_doubles_a_coin) {
    for (uint32_t seed = 1; seed <= 30; ++seed) {
        BOOST_TEST_CONTEXT("seed " << seed) {
            Life life(seed);
            for (int i = 0; i < 40; ++i) life.step();
        }
    }
}

BOOST_AUTO_TEST_CASE(dust_goes_to_the_fee_instead_of_into_change) {
    const ChainParams params = params_with_free_coins(kFree);
    test::FakeChain chain{params.genesis};
    storage::MemoryDisk disk;
    SystemClock clock;
    const std::string folder = std::filesystem::temp_directory_path() / ("sluice-dust-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    auto wallet = Wallet::open({folder, &params, params.pegged_asset, 1000}, disk, chain, nullptr, clock).value();
    BOOST_REQUIRE(wallet->catch_up().has_value());
    // All but a little more than the fee of a payment without change.
    for (const int64_t kept : {250, 260, 270, 280, 290, 300}) {
        const auto sent = wallet->send({{kStranger, params.pegged_asset, Amount{kFree - kept}, false}}, {});
        if (!sent) continue;
        const Transaction& tx = wallet->ledger().find(*sent)->tx->tx;
        for (const TxOut& out : tx.outputs) BOOST_TEST((out.is_fee() || out.value.explicit_value().sat >= 100));
        break;
    }
    BOOST_TEST(chain.pool.size() == 1u);
    wallet.reset();
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace sluice::wallet
