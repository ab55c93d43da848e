// WalletSet: the wallets of a node: each in a folder of its own below <chain>/wallets (the one without a name in that
// folder itself), with a thread of its own while it is loaded. Which are loaded at start stands in settings.json.
//
// Threads: any. What is loaded is an immutable list that readers copy; changes of it run one after the other. The set
// outlives all calls.
#pragma once

#include <filesystem>
#include <mutex>

#include "node/wallet_service.h"
#include "rpc/wallet_host.h"
#include "runtime/published.h"
#include "util/options.h"

namespace sluice::node {

class WalletSet final : public rpc::WalletHost {
public:
    struct Needs {
        std::filesystem::path chain_dir;  // settings.json is there
        std::filesystem::path folder;     // of the wallets
        ChainService& chain;
        const ChainParams& params;
        ports::ParentClient* parent;  // may be null
        const Clock& clock;
    };
    // `options`: of every wallet; its folder does not count.
    WalletSet(const Needs& needs, const wallet::WalletOptions& options);
    ~WalletSet() override;
    // -walletdir, which must be there, or the chain's own.
    static Result<std::filesystem::path> folder_of(const Options& options, const std::filesystem::path& chain_dir);

    // Satoshi per 1000 virtual bytes: -paytxfee, else -fallbackfee, for nothing estimates fees here; at least `least`.
    static Result<int64_t> fee_rate(const Options& options, int64_t least);
    // -maxtxfee
    static Result<Amount> max_fee(const Options& options);
    // -wallet and settings.json; without both the wallet without a name, if there is one. `-wallet=` makes that one.
    Status load_at_start(const Options& options);
    // Ends them all; others cannot come any more.
    void close();

    // Any thread: something changed; the wallets look when they can.
    void wake();
    void transaction_added(const TxRef& tx);

    [[nodiscard]] std::vector<std::string> loaded() const override;
    [[nodiscard]] std::vector<std::string> stored() const override;
    [[nodiscard]] std::optional<rpc::LoadedWallet> find(const std::string& name) const override;
    [[nodiscard]] Result<void, rpc::RpcError> create(const rpc::NewWallet& wanted) override;
    [[nodiscard]] Result<void, rpc::RpcError> load(const std::string& name) override;
    [[nodiscard]] Result<void, rpc::RpcError> unload(const std::string& name) override;
    [[nodiscard]] Result<void, rpc::RpcError> restore(const std::string& name, const std::string& backup) override;
    [[nodiscard]] Status remember(const std::string& name, bool at_start) override;

private:
    struct Entry {
        std::string name;
        std::shared_ptr<WalletService> service;
        wallet::Wallet* wallet;  // of the service, as long as that is open
    };
    using Entries = std::vector<Entry>;

    [[nodiscard]] std::filesystem::path folder_of(const std::string& name) const;
    [[nodiscard]] wallet::WalletOptions options_of(const std::string& name) const;
    // With changes_ held.
    Status open(const std::string& name, const wallet::Opening& how);
    Result<void, rpc::RpcError> load_existing(const std::string& name);

    const Needs needs_;
    const wallet::WalletOptions options_;
    const std::filesystem::path folder_;
    std::mutex changes_;  // held through a change of what is loaded; never by what the wallets' threads call
    bool closed_ = false;
    std::vector<std::string> at_start_;
    runtime::Published<Entries> entries_;
};

}  // namespace sluice::node
