// TxLedger: the wallet's transactions and what follows from them: coins, balances, history. In memory and pure: the wallet stores
// each change before it shows here, and rebuilds the ledger from the store at start. One thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "consensus/primitives/transaction.h"
#include "ports/chain_client.h"

namespace sluice::wallet {

inline constexpr uint32_t kCoinbaseMaturity = 100;

struct WalletTx {
    TxRef tx;
    std::optional<ports::BlockPoint> block;  // in the active chain; nullopt: waiting or dropped
    uint32_t position = 0;                   // in its block
    int64_t block_time = 0;                  // Unix seconds; 0 while unconfirmed
    int64_t time_received = 0;               // Unix seconds, first seen
    bool conflicted = false;                 // a confirmed transaction spends one of its inputs
    bool abandoned = false;
    std::string comment;
    [[nodiscard]] bool dead() const { return conflicted || abandoned; }
};

struct WalletCoin {
    OutPoint outpoint;
    TxOut out;
    uint32_t depth = 0;  // confirmations; 0 unconfirmed
    bool coinbase = false;
    bool from_me = false;  // made by a transaction that spends our coins
    [[nodiscard]] bool mature() const { return !coinbase || depth > kCoinbaseMaturity; }
    // Spendable now: confirmed, or change of our own.
    [[nodiscard]] bool trusted() const { return mature() && (depth > 0 || from_me); }
};

class TxLedger {
public:
    using IsMine = std::function<bool(const Script&)>;
    explicit TxLedger(IsMine is_mine) : is_mine_(std::move(is_mine)) {}

    void put(WalletTx tx);
    void erase(const Txid& txid);
    [[nodiscard]] const WalletTx* find(const Txid& txid) const;
    [[nodiscard]] const std::map<Txid, WalletTx>& all() const { return txs_; }

    // True if the transaction pays us or spends a coin of ours.
    [[nodiscard]] bool is_relevant(const Transaction& tx) const;
    [[nodiscard]] bool spends_ours(const Transaction& tx) const;
    // Unconfirmed transactions of the ledger that spend an input of `tx`, and those that depend on them.
    [[nodiscard]] std::vector<Txid> conflicts_of(const Transaction& tx) const;
    // True if a confirmed transaction of the ledger spends an input of `tx`, or `tx` spends an output of a dead one.
    [[nodiscard]] bool cannot_confirm(const Transaction& tx) const;

    // Unspent explicit outputs of ours; outputs whose value or asset is blinded are not listed.
    [[nodiscard]] std::vector<WalletCoin> coins(uint32_t tip_height) const;
    // Our output that this input spends.
    [[nodiscard]] std::optional<TxOut> spent_output(const TxIn& in) const;
    // True if a transaction of the ledger that is not dead spends (or, of a deposit, claims) it.
    [[nodiscard]] bool is_spent(const OutPoint& outpoint) const;

private:

    IsMine is_mine_;
    std::map<Txid, WalletTx> txs_;
    std::map<OutPoint, std::set<Txid>> spenders_;  // of any out-point that a transaction of the ledger spends
};

}  // namespace sluice::wallet
