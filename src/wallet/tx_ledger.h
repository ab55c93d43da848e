// TxLedger: the wallet's transactions and what follows from them: coins, balances, history. In memory and pure: the
// wallet stores each change before it shows here, and rebuilds the ledger from the store at start. One thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "consensus/primitives/transaction.h"
#include "crypto/keys.h"
#include "ports/chain_client.h"
#include "wallet/opened.h"

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
    std::string comment_to;  // who was paid
    // For whom we blinded each output; empty: not made here, or nothing is blinded.
    std::vector<std::optional<PubKey>> receivers = {};
    std::optional<Txid> replaces = {};  // of a pair that bump() made
    std::optional<Txid> replaced_by = {};
    [[nodiscard]] bool dead() const { return conflicted || abandoned; }
};

struct WalletCoin {
    OutPoint outpoint;
    TxOut out;           // as the chain has it
    Opened opened;       // what it holds
    uint32_t depth = 0;  // confirmations; 0 unconfirmed
    bool coinbase = false;
    bool from_me = false;  // unconfirmed, but nobody except us can take it back
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

    // What a hidden amount holds, as soon as somebody knows. It stays when its transaction goes: who knows it once
    // knows it.
    void note(const AmountPlace& at, const Opened& opened) { notes_.insert_or_assign(at, opened); }
    void forget(const AmountPlace& at) { notes_.erase(at); }
    [[nodiscard]] bool noted(const AmountPlace& at) const { return notes_.contains(at); }
    // What the output of a transaction of the ledger holds: in the open, or noted.
    [[nodiscard]] std::optional<Opened> content(const Txid& txid, uint32_t index) const;
    // The same of an amount that input `index` issues.
    [[nodiscard]] std::optional<Opened> issued(const Txid& txid, uint32_t index, AmountPart part) const;

    // Of transactions that wait and spend a coin twice, at most one will come true: those that count as losing, with
    // all that depends on them. `favoured` tells if the node's mempool has one; else the first seen stands.
    [[nodiscard]] std::set<Txid> losing(const std::function<bool(const Txid&)>& favoured) const;
    // It and those that spend its outputs, and so on.
    [[nodiscard]] std::set<Txid> with_descendants(const Txid& txid) const;
    // Unspent outputs of ours of which it is known what they hold; not of the transactions in `except`.
    [[nodiscard]] std::vector<WalletCoin> coins(uint32_t tip_height, const std::set<Txid>& except = {}) const;
    // Our output that this input spends.
    [[nodiscard]] std::optional<TxOut> spent_output(const TxIn& in) const;
    // True if a transaction of the ledger that is not dead spends (or, of a deposit, claims) it.
    [[nodiscard]] bool is_spent(const OutPoint& outpoint) const;

private:
    void add_descendants(std::set<Txid>& of) const;

    IsMine is_mine_;
    std::map<Txid, WalletTx> txs_;
    std::map<AmountPlace, Opened> notes_;
    std::map<OutPoint, std::set<Txid>> spenders_;  // of any out-point that a transaction of the ledger spends
};

}  // namespace sluice::wallet
