// ChainReader: questions about the chain from any thread. Answers are values that were true when asked; a caller that
// needs several answers of one moment asks on the state thread. Lives as long as its ChainState.
#pragma once

#include <memory>
#include <set>

#include "chain/chain_types.h"
#include "chain/utxo_stats.h"
#include "consensus/primitives/header_view.h"
#include "consensus/rules/coin.h"

namespace sluice::chain {

struct ChainData;
struct CoinScan;
struct ScanControl;

// A header branch that ends in a known block; hold it as long as needed.
using HeaderViewPtr = std::unique_ptr<const HeaderView>;

class ChainReader {
public:
    explicit ChainReader(const ChainData& data) : data_(data) {}

    [[nodiscard]] ChainTip tip() const;
    [[nodiscard]] std::optional<BlockInfo> find(const BlockHash& hash) const;
    [[nodiscard]] std::optional<BlockInfo> at_height(uint32_t height) const;  // on the active chain
    [[nodiscard]] std::optional<BlockInfo> ancestor(const BlockHash& of, uint32_t height) const;
    // The last block that both branches share; nullopt if either hash is unknown.
    [[nodiscard]] std::optional<BlockInfo> fork_of(const BlockHash& a, const BlockHash& b) const;
    // The last block of the active chain that `hash` descends from (or is).
    [[nodiscard]] std::optional<BlockInfo> active_fork(const BlockHash& hash) const;

    // Whole header, block, raw block, change; the errors name what is missing or damaged.
    [[nodiscard]] Result<std::shared_ptr<const BlockHeader>> header(const BlockHash& hash) const;
    [[nodiscard]] Result<std::shared_ptr<const Block>> block(const BlockHash& hash) const;
    [[nodiscard]] Result<Bytes> block_bytes(const BlockHash& hash) const;
    // The change that connecting the block made (it was connected at least once).
    [[nodiscard]] Result<rules::BlockDelta> delta(const BlockHash& hash) const;

    // For getheaders: dense near `from`, then at doubling distances, genesis last. Unknown `from`: the active tip's.
    [[nodiscard]] std::vector<BlockHash> locator(const BlockHash& from) const;
    // Headers of the active chain after the first entry of `locator` that stands on it, up to and including `stop`
    // (zero: no stop), at most `max`. An empty locator asks for `stop` alone.
    [[nodiscard]] std::vector<BlockInfo> headers_after(const std::vector<BlockHash>& locator, const BlockHash& stop,
                                                       size_t max) const;
    // The first `max` blocks on the way to `toward` whose bytes are missing, lowest first, none above max_height. Empty
    // if the branch is known to be bad.
    [[nodiscard]] std::vector<BlockInfo> missing_blocks(const BlockHash& toward, size_t max, uint32_t max_height) const;
    // Ends of all known branches, highest first; the active tip is among them.
    [[nodiscard]] std::vector<BlockInfo> branch_ends() const;
    // nullptr if unknown.
    [[nodiscard]] HeaderViewPtr branch(const BlockHash& last) const;

    // At the tip, from the database.
    [[nodiscard]] Result<std::optional<rules::Coin>> coin(const OutPoint& outpoint) const;
    [[nodiscard]] Result<bool> pegin_spent(const rules::PeginId& pegin) const;
    // Deposits that the operator accepted whatever their depth.
    [[nodiscard]] Result<std::vector<OutPoint>> accepted_pegins() const;
    // What the last block that could not be judged waits for, for people; empty: none does.
    [[nodiscard]] std::string waiting() const;
    // Walks all coins: seconds. `stop` may be null.
    [[nodiscard]] Result<UtxoStats> utxo_stats(UtxoHashKind kind, const std::atomic<bool>* stop) const;
    // Likewise, for the coins that pay to these scripts; see chain/coin_scan.h.
    [[nodiscard]] Result<CoinScan> find_coins(const std::set<Script>& scripts, ScanControl& control) const;
    [[nodiscard]] uint64_t disk_size() const;  // of blocks and undo, bytes

private:
    const ChainData& data_;
};

}  // namespace sluice::chain
