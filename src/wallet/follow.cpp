// What happens to the chain, as the wallet reads it: blocks come and go, transactions wait.
#include <algorithm>

#include "wallet/wallet.h"

namespace sluice::wallet {

Status Wallet::block_connected(const Block& block, const ports::BlockPoint& at) {
    storage::Batch batch;
    read_block(block, at, batch);
    progress_.best = at;
    batch.put(progress_key(), encode_progress(progress_));
    return commit(std::move(batch));
}

void Wallet::read_block(const Block& block, const ports::BlockPoint& at, storage::Batch& batch) {
    // The outputs of a genesis block are coins only where the chain says so.
    if (at.height == 0 && !options_.params->connect_genesis_outputs) return;
    for (uint32_t position = 0; position < block.transactions.size(); ++position) {
        const TxRef& tx = block.transactions[position];
        for (const Txid& loser : ledger_->conflicts_of(tx->tx)) {
            WalletTx entry = *ledger_->find(loser);
            entry.conflicted = true;
            batch.put(tx_key(loser), encode_wallet_tx(entry));
            ledger_->put(std::move(entry));
        }
        const WalletTx* known = ledger_->find(tx->txid);
        if (known == nullptr && !ledger_->is_relevant(tx->tx)) continue;
        WalletTx entry = known != nullptr ? *known : WalletTx{};
        entry.tx = tx;
        entry.block = at;
        entry.position = position;
        entry.block_time = block.header.time;
        if (entry.time_received == 0) entry.time_received = clock_.unix_time();
        entry.conflicted = false;
        entry.abandoned = false;
        batch.put(tx_key(tx->txid), encode_wallet_tx(entry));
        for (const TxOut& out : tx->tx.outputs) use_up(out.script, batch);
        ledger_->put(std::move(entry));  // later transactions of the block may spend it
        open_amounts(tx, batch);
    }
}

Status Wallet::block_disconnected(const Block& block, const ports::BlockPoint& at) {
    storage::Batch batch;
    for (const TxRef& tx : block.transactions) {
        if (const WalletTx* known = ledger_->find(tx->txid); known != nullptr) {
            WalletTx entry = *known;
            entry.block.reset();
            entry.block_time = 0;
            batch.put(tx_key(tx->txid), encode_wallet_tx(entry));
            ledger_->put(std::move(entry));
        }
    }
    // What this block had pushed aside may stand again, unless an earlier block pushes it aside as well; a block that
    // connects next says otherwise if need be. Parents come before what spends them.
    for (const TxRef& tx : block.transactions) {
        for (const Txid& other : ledger_->conflicts_of(tx->tx)) {
            WalletTx entry = *ledger_->find(other);
            if (!entry.conflicted || ledger_->cannot_confirm(entry.tx->tx)) continue;
            entry.conflicted = false;
            batch.put(tx_key(other), encode_wallet_tx(entry));
            ledger_->put(std::move(entry));
        }
    }
    if (at.height == 0) {
        progress_.best.reset();
    } else {
        progress_.best = ports::BlockPoint{block.header.prev, at.height - 1};
    }
    batch.put(progress_key(), encode_progress(progress_));
    return commit(std::move(batch));
}

Status Wallet::transaction_added(const TxRef& tx) {
    const WalletTx* known = ledger_->find(tx->txid);
    // What was given up and comes again spends its coins after all.
    if (known != nullptr ? !known->abandoned : !ledger_->is_relevant(tx->tx)) return {};
    WalletTx entry = known != nullptr ? *known : WalletTx{};
    entry.tx = tx;
    entry.abandoned = false;
    if (known == nullptr) entry.time_received = clock_.unix_time();
    storage::Batch batch;
    for (const TxOut& out : tx->tx.outputs) use_up(out.script, batch);
    batch.put(tx_key(tx->txid), encode_wallet_tx(entry));
    batch.put(progress_key(), encode_progress(progress_));
    open_amounts(tx, batch);
    TRY_VOID(commit(std::move(batch)));
    ledger_->put(std::move(entry));
    return {};
}

Status Wallet::catch_up() {
    // Back to the last block that is still in the active chain, then forward.
    while (progress_.best) {
        const std::optional<BlockHash> active = TRY(chain_.active_hash(progress_.best->height));
        if (active == progress_.best->hash) break;
        const std::optional<Block> block = TRY(chain_.block(progress_.best->hash));
        if (!block) {
            TRY_VOID(start_over());
            break;
        }
        TRY_VOID(block_disconnected(*block, *progress_.best));
    }
    for (;;) {
        const uint32_t height = progress_.best ? progress_.best->height + 1 : 0;
        const std::optional<BlockHash> hash = TRY(chain_.active_hash(height));
        if (!hash) return {};
        const std::optional<Block> block = TRY(chain_.block(*hash));
        if (!block) return fail("block " + std::to_string(height) + " is not stored; the wallet cannot follow");
        TRY_VOID(block_connected(*block, {*hash, height}));
    }
}

// Nothing that is known is unsaid: a block that is read twice changes nothing, and a crash on the way loses nothing.
Result<std::optional<uint32_t>> Wallet::rescan(uint32_t from, uint32_t to) {
    abort_rescan_ = false;
    scanning_ = true;
    const auto done = read_range(from, to);
    scanning_ = false;
    return done;
}

Result<std::optional<uint32_t>> Wallet::read_range(uint32_t from, uint32_t to) {
    std::optional<uint32_t> last;
    const uint32_t tip = tip_height();
    for (uint32_t height = from; height <= std::min(to, tip) && !abort_rescan_; ++height) {
        const std::optional<BlockHash> hash = TRY(chain_.active_hash(height));
        if (!hash) break;
        const std::optional<Block> block = TRY(chain_.block(*hash));
        if (!block) return fail("block " + std::to_string(height) + " is not stored; the wallet cannot read it again");
        storage::Batch batch;
        read_block(*block, {*hash, height}, batch);
        batch.put(progress_key(), encode_progress(progress_));  // addresses that are found used up
        TRY_VOID(commit(std::move(batch)));
        last = height;
    }
    return last;
}

// The chain is another one than was read.
Status Wallet::start_over() {
    storage::Batch batch;
    for (const auto& [txid, entry] : std::map(ledger_->all())) {
        if (!entry.block) continue;
        WalletTx again = entry;
        again.block.reset();
        again.block_time = 0;
        batch.put(tx_key(txid), encode_wallet_tx(again));
        ledger_->put(std::move(again));
    }
    progress_.best.reset();
    batch.put(progress_key(), encode_progress(progress_));
    return commit(std::move(batch));
}

Status Wallet::rescan_from_time(int64_t time) {
    constexpr int64_t kWindow = 2 * 60 * 60;
    // The lowest height whose block is not older: times rise but for that window.
    uint32_t low = 0;
    uint32_t high = TRY(chain_.tip()).height + 1;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        const std::optional<BlockHash> hash = TRY(chain_.active_hash(middle));
        const std::optional<Block> block = hash ? TRY(chain_.block(*hash)) : std::nullopt;
        if (!block) return fail("block " + std::to_string(middle) + " is not stored; the wallet cannot read it again");
        if (static_cast<int64_t>(block->header.time) < time - kWindow) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    TRY_VOID(rescan(low, UINT32_MAX));
    return read_mempool();
}

Status Wallet::read_mempool() {
    // Parents come first, so that what spends them is known to be ours.
    for (const TxRef& tx : TRY(chain_.mempool())) TRY_VOID(transaction_added(tx));
    return {};
}

}  // namespace sluice::wallet
