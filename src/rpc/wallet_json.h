// The wallet's state as JSON, in Elements' shapes. Each runs on the wallet's thread.
#pragma once

#include <map>
#include <vector>

#include "rpc/wallet_methods.h"
#include "wallet/wallet.h"

namespace sluice::rpc {

// getwalletinfo's walletversion: of Elements' wallets that speak so.
inline constexpr int kWalletVersion = 169900;

// The plain address of a script; empty if it has none.
std::string address_of(const Script& script, const ChainParams& params);
// The address as we give it out: confidential where the wallet's addresses are.
std::string own_address(const Script& script, const wallet::Wallet& wallet, const ChainParams& params);
// The pegged asset stands first and always, as the reference has it; others follow by label.
Json amounts_json(const std::map<AssetId, Amount>& amounts, const WalletPorts& ports);
Json last_block_json(const wallet::Wallet& wallet);
// 64 hex digits, in the order of ids.
std::string blind_text(const wallet::BlindBytes& blind);

uint32_t depth_of(const wallet::WalletTx& tx, const wallet::Wallet& wallet);

// What a transaction moved, per asset: credit to us minus debit from us; fees apart. Outputs that are hidden from us
// count nothing.
struct Movement {
    std::map<AssetId, Amount> net;
    std::map<AssetId, Amount> fee;  // positive; only if we paid it
    bool from_me = false;
};
Movement movement_of(const wallet::WalletTx& entry, const wallet::Wallet& wallet);
Json negative(const std::map<AssetId, Amount>& fees, const WalletPorts& ports);
// Payments of one transaction as "details" of gettransaction and rows of listtransactions list them.
std::vector<Json> details_of(const wallet::WalletTx& entry, const wallet::Wallet& wallet, const WalletPorts& ports,
                             bool with_change = false);
// Confirmations, block, ids, conflicts, times.
void add_tx_facts(Json& out, const wallet::WalletTx& entry, const wallet::Wallet& wallet);

}  // namespace sluice::rpc
