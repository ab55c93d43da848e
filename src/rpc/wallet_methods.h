// Handlers of the wallet's methods, in Elements' shapes: amounts and fees are objects keyed by asset label. Each runs
// on the wallet's thread and is waited for.
#pragma once

#include <functional>
#include <memory>

#include "consensus/params/address.h"
#include "crypto/keys.h"
#include "rpc/asset_labels.h"
#include "rpc/dispatcher.h"
#include "rpc/error.h"
#include "rpc/json.h"
#include "rpc/wallet_host.h"
#include "runtime/event_loop.h"

namespace sluice {
struct ChainParams;
class Clock;
}  // namespace sluice

namespace sluice::rpc {

// All but `at` outlives the dispatcher.
struct WalletPorts {
    WalletHost* host = nullptr;
    LoadedWallet at;  // the one that a call is for; a handler's call ends before it does
    const ChainParams* params = nullptr;
    const AssetLabels* labels = nullptr;
    const Clock* clock = nullptr;
};

void add_wallet_methods(Dispatcher& dispatcher, const WalletPorts& ports);

// A method of one wallet: `handler` gets the ports with the wallet that the caller means. Without a name in the URL
// that is the only one that is loaded.
using WalletHandler = std::function<RpcResult(const Args& args, const WalletPorts& ports)>;
void add_wallet_method(Dispatcher& dispatcher, std::string_view name, const WalletPorts& ports, WalletHandler handler);

// The parts.
void add_wallet_host_methods(Dispatcher& dispatcher, const WalletPorts& ports);  // wallets come and go
void add_wallet_read_methods(Dispatcher& dispatcher, const WalletPorts& ports);
void add_wallet_history_methods(Dispatcher& dispatcher, const WalletPorts& ports);
void add_wallet_received_methods(Dispatcher& dispatcher, const WalletPorts& ports);
void add_wallet_send_methods(Dispatcher& dispatcher, const WalletPorts& ports);
void add_wallet_lock_methods(Dispatcher& dispatcher, const WalletPorts& ports);
void add_wallet_pak_methods(Dispatcher& dispatcher, const WalletPorts& ports);  // authorization of peg-outs
void add_wallet_address_methods(Dispatcher& dispatcher, const WalletPorts& ports);
void add_wallet_key_methods(Dispatcher& dispatcher, const WalletPorts& ports);  // blinding keys
void add_wallet_issue_methods(Dispatcher& dispatcher, const WalletPorts& ports);
void add_wallet_coin_methods(Dispatcher& dispatcher, const WalletPorts& ports);  // locked coins, abandoned transactions
void add_wallet_single_key_methods(Dispatcher& dispatcher, const WalletPorts& ports);
void add_wallet_fund_methods(Dispatcher& dispatcher, const WalletPorts& ports);    // coins for a transaction; settxfee
void add_wallet_make_methods(Dispatcher& dispatcher, const WalletPorts& ports);    // send, sendall
void add_wallet_bump_methods(Dispatcher& dispatcher, const WalletPorts& ports);    // replacements
void add_wallet_tool_methods(Dispatcher& dispatcher, const WalletPorts& ports);    // the rest
void add_wallet_import_methods(Dispatcher& dispatcher, const WalletPorts& ports);  // descriptors
void add_wallet_raw_methods(Dispatcher& dispatcher,
                            const WalletPorts& ports);  // raw transactions with the wallet's help

// Runs `function(wallet)`, which returns an RpcResult, on the wallet's thread.
template <class F>
RpcResult on_wallet(const WalletPorts& ports, F function) {
    auto answer = ports.at.loop->call([wallet = ports.at.wallet, function = std::move(function)]() -> RpcResult {
        // What the chain has said before the call counts in its answer. A failure is in the log already.
        (void)wallet->catch_up();
        return function(*wallet);
    });
    if (!answer) return rpc_error(Code::kInternal, answer.error().message);
    return std::move(*answer);
}

// sendtomainchain where the chain enforces a PAK list.
RpcResult send_authorized_pegout(const Args& args, const WalletPorts& ports);
// A label or an id in hex. The error is Elements'.
Result<AssetId, RpcError> asset_from(std::string_view label, const WalletPorts& ports);
// "Invalid Bitcoin address: ..."
Result<Address, RpcError> address_from(const std::string& text, const WalletPorts& ports);
// The key of a confidential address that a sender blinds for.
std::optional<PubKey> receiver_of(const Address& address);

// The wallet's error texts with the codes that the reference gives them.
RpcError wallet_error(const Error& error);

}  // namespace sluice::rpc
