// The wallets of the node, as RPC sees them: which are loaded, and how others come and go. A port, implemented in node.
// Any thread; create, load, restore and unload take their time and run one after the other.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rpc/error.h"
#include "wallet/wallet.h"

namespace sluice {
namespace runtime {
class EventLoop;
}
}  // namespace sluice

namespace sluice::rpc {

// Codes that only wallets use.
inline constexpr Code kWalletEncryptionFailed{-16};
inline constexpr Code kWalletNotSpecified{-19};
inline constexpr Code kWalletAlreadyLoaded{-35};
inline constexpr Code kWalletAlreadyExists{-36};

struct LoadedWallet {
    std::string name;
    wallet::Wallet* wallet = nullptr;  // on `loop`; alive as long as calls of `loop` are answered
    runtime::EventLoop* loop = nullptr;
    // On `loop`: locks the wallet after that time; nullopt: not any more.
    std::function<void(std::optional<std::chrono::seconds>)> lock_after;
    std::shared_ptr<void> keep;  // keeps `loop`
};

struct NewWallet {
    std::string name;
    std::string passphrase;  // empty: not encrypted
    wallet::WalletFlags flags;
};

class WalletHost {
public:
    virtual ~WalletHost() = default;

    [[nodiscard]] virtual std::vector<std::string> loaded() const = 0;  // in the order of their loading
    [[nodiscard]] virtual std::vector<std::string> stored() const = 0;  // in the wallet folder, loaded or not
    [[nodiscard]] virtual std::optional<LoadedWallet> find(const std::string& name) const = 0;

    // Errors have the reference's codes. No wallet that exists is ever written over.
    [[nodiscard]] virtual Result<void, RpcError> create(const NewWallet& wanted) = 0;
    [[nodiscard]] virtual Result<void, RpcError> load(const std::string& name) = 0;
    // What it does is finished when this returns; its files may be moved then.
    [[nodiscard]] virtual Result<void, RpcError> unload(const std::string& name) = 0;
    [[nodiscard]] virtual Result<void, RpcError> restore(const std::string& name, const std::string& backup) = 0;
    // Whether the wallet is loaded when the node starts.
    [[nodiscard]] virtual Status remember(const std::string& name, bool at_start) = 0;
};

}  // namespace sluice::rpc
