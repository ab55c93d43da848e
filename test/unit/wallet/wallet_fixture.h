// A wallet on a chain in memory whose genesis block gives it free coins.
#pragma once

#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "storage/memory_disk.h"
#include "unit/wallet/fake_chain.h"
#include "unit/wallet/free_coins.h"
#include "wallet/wallet.h"

namespace sluice::wallet {

inline constexpr int64_t kFree = 2'100'000'000'000'000;

struct Fixture {
    ChainParams params = params_with_free_coins(kFree);
    test::FakeChain chain{params.genesis};
    storage::MemoryDisk disk;
    SystemClock clock;
    std::string folder = std::filesystem::temp_directory_path() / ("sluice-wallet-" + std::to_string(::getpid()) + "-" +
                                                                   std::to_string(reinterpret_cast<uintptr_t>(this)));
    std::unique_ptr<Wallet> wallet;

    Fixture() {
        std::filesystem::create_directories(folder);
        open();
    }
    ~Fixture() { std::filesystem::remove_all(folder); }
    [[nodiscard]] WalletOptions options() const {
        WalletOptions out;
        out.folder = folder;
        out.params = &params;
        out.policy_asset = params.pegged_asset;
        return out;
    }
    void open() { open(options()); }
    void open(const WalletOptions& with) {
        wallet.reset();
        auto opened = Wallet::open(with, disk, chain, nullptr, clock);
        BOOST_REQUIRE_MESSAGE(opened.has_value(), (opened ? "" : opened.error().message));
        wallet = std::move(*opened);
        BOOST_REQUIRE(wallet->catch_up().has_value());
    }
    void mine() {
        chain.mine_pool();
        BOOST_REQUIRE(wallet->catch_up().has_value());
    }
    int64_t trusted() { return wallet->balances().trusted[params.pegged_asset].sat; }
    Recipient to(const Script& script, int64_t amount, bool subtract = false) {
        return {script, params.pegged_asset, Amount{amount}, subtract};
    }
};

inline int64_t fee_of(const Transaction& tx) {
    int64_t fee = 0;
    for (const TxOut& out : tx.outputs) fee += out.is_fee() ? out.value.explicit_value().sat : 0;
    return fee;
}

}  // namespace sluice::wallet
