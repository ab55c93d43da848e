// BitcoinView: port to chain(c), the Bitcoin chain that ends at one block c, as far as the federation's coins are
// concerned. Immutable: two questions to one view never contradict each other. Implemented by peg/chain; complete, i.e.
// every block up to c was scanned for everything that the ledger asked to be watched.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "peg/parent/transaction.h"

namespace sluice::ledger {

// An output in chain(c) to a watched script.
struct Received {
    parent::ParentOutPoint outpoint;
    Amount value;
    Script script;
    uint32_t height = 0;
    bool coinbase = false;  // Bitcoin lets it be spent at depth 100 only
    bool operator==(const Received&) const = default;
};

struct Spend {
    parent::ParentTxid by;
    uint32_t height = 0;
    bool operator==(const Spend&) const = default;
};

class BitcoinView {
public:
    virtual ~BitcoinView() = default;
    [[nodiscard]] virtual uint32_t height() const = 0;  // of c
    // Height of a block of chain(c); nullopt if it is not in it.
    [[nodiscard]] virtual std::optional<uint32_t> find(const parent::ParentBlockHash& hash) const = 0;
    // Height of a known header of any branch.
    [[nodiscard]] virtual std::optional<uint32_t> header_height(const parent::ParentBlockHash& hash) const = 0;
    // Every output to a watched script, spent or not, in block order.
    [[nodiscard]] virtual std::vector<Received> received() const = 0;
    // The transaction that made one of received(), serialized without witness; empty for any other outpoint.
    [[nodiscard]] virtual Bytes transaction_of(const parent::ParentOutPoint& outpoint) const = 0;
    // Who spent a watched outpoint or one of received(); nullopt if nobody did.
    [[nodiscard]] virtual std::optional<Spend> spend_of(const parent::ParentOutPoint& outpoint) const = 0;
};

// What a view must have scanned for.
struct WatchList {
    struct Outpoint {
        parent::ParentOutPoint outpoint;
        // Block that it was made in: spends are looked for from there on. nullopt: only in blocks not looked through
        // yet.
        std::optional<parent::ParentBlockHash> since;
        bool operator==(const Outpoint&) const = default;
    };
    std::vector<Script> scripts;  // from the first scanned block on
    std::vector<Outpoint> outpoints;
};

}  // namespace sluice::ledger
