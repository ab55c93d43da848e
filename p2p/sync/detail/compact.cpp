// Compact blocks (BIP152 version 2), both directions. We ask the last three peers that gave us a new block first to
// announce by compact block; others send one when asked.
#include <algorithm>

#include "consensus/primitives/merkle.h"
#include "p2p/sync/detail/engine_impl.h"

namespace sluice::sync {
namespace {
constexpr uint64_t kVersion = 2;
constexpr size_t kMaxSources = 3;
}  // namespace

void Engine::Impl::on_sendcmpct(Peer& peer, const wire::SendCmpct& message) {
    if (message.version != kVersion) return;
    peer.accepts_compact = true;
    peer.compact_announce_to = message.high_bandwidth;
}

void Engine::Impl::prefer_compact_from(Peer& peer) {
    if (!peer.accepts_compact || options.blocks_only) return;
    const net::PeerId id = peer.info.id;
    if (std::erase(compact_sources, id) == 0) {
        send(peer, wire::SendCmpct{true, kVersion});
        peer.compact_announce_from = true;
    }
    compact_sources.push_back(id);
    if (compact_sources.size() <= kMaxSources) return;
    if (Peer* oldest = find(compact_sources.front())) {
        send(*oldest, wire::SendCmpct{false, kVersion});
        oldest->compact_announce_from = false;
    }
    compact_sources.pop_front();
}

void Engine::Impl::on_cmpctblock(Peer& peer, wire::CmpctBlock message) {
    const Tip tip = needs.chain.tip();
    const BlockHash hash = compute_hash(message.header);
    if (!needs.chain.find(message.header.prev)) {
        peer.last_unknown = hash;
        if (!tip.initial_download) ask_for_headers(peer, tip.best_header);
        return;
    }
    if (needs.chain.find(hash)) {
        update_best_known(peer, hash);
        return begin_compact(peer, std::move(message));
    }
    std::vector<BlockHeader> headers{message.header};
    needs.chain.accept_headers(std::move(headers), [this, ticket = begin_work(peer), hash,
                                                    message = std::move(message)](const HeadersResult& result) {
        headers_checked(ticket.peer, {hash}, false, {result.accepted, result.failure});
        Peer* from = find(ticket.peer);
        if (from != nullptr && result.accepted == 1) begin_compact(*from, message);
        end_work(ticket);
    });
}

void Engine::Impl::begin_compact(Peer& peer, wire::CmpctBlock message) {
    const BlockHash hash = compute_hash(message.header);
    const auto known = needs.chain.find(hash);
    const Tip tip = needs.chain.tip();
    if (!known || known->has_block || known->failed || in_check.contains(hash)) return;
    const auto download = downloads.find(hash);
    const bool mine = download != downloads.end() && download->second.peer == peer.info.id;
    if (download != downloads.end() && (!mine || download->second.partial != nullptr)) return;
    // Far from the tip the pool cannot help; and nobody fills our memory with blocks that we did not ask for.
    const bool useful = known->height > tip.height && known->height <= tip.height + 2;
    if (!useful || (!mine && peer.in_flight.size() >= kMaxBlocksInFlight)) {
        forget_download(hash);
        return request(peer, known->height > tip.height ? std::vector{*known} : std::vector<KnownBlock>{});
    }
    auto partial = wire::PartialBlock::begin(std::move(message));
    if (!partial) {
        forget_download(hash);
        if (partial.error() == wire::CompactError::kInvalid) return misbehaved(peer, "invalid compact block");
        downloads[hash] = {peer.info.id, known->height, nullptr};
        peer.in_flight.push_back(hash);
        return send(peer, wire::GetData{{wire::inv_item(wire::InvType::kWitnessBlock, hash.view())}});
    }
    for (const auto& [wtxid, pooled] : pool) partial->offer(pooled.relay.tx);
    const std::vector<uint32_t> missing = partial->missing();
    if (!mine) {
        if (peer.in_flight.empty()) peer.download_since = now();
        downloads[hash] = {peer.info.id, known->height, nullptr};
        peer.in_flight.push_back(hash);
    }
    if (missing.empty()) return finish_compact(peer, *partial, {});
    downloads[hash].partial = std::make_unique<wire::PartialBlock>(std::move(*partial));
    send(peer, wire::GetBlockTxn{hash, missing});
}

void Engine::Impl::on_blocktxn(Peer& peer, const wire::BlockTxn& message) {
    const auto download = downloads.find(message.block);
    if (download == downloads.end() || download->second.peer != peer.info.id || download->second.partial == nullptr)
        return;
    const std::unique_ptr<wire::PartialBlock> partial = std::move(download->second.partial);
    finish_compact(peer, *partial, message.transactions);
}

void Engine::Impl::finish_compact(Peer& peer, const wire::PartialBlock& partial,
                                  const std::vector<TxRef>& transactions) {
    const BlockHash hash = compute_hash(partial.header());
    auto block = partial.complete(transactions);
    if (!block) {
        forget_download(hash);
        return misbehaved(peer, "invalid compact block/non-matching block transactions");
    }
    if (tx_merkle_root(block->transactions).root != block->header.merkle_root) {
        // Two transactions share a short id: the whole block settles it.
        return send(peer, wire::GetData{{wire::inv_item(wire::InvType::kWitnessBlock, hash.view())}});
    }
    const Ticket ticket = begin_work(peer);
    give_block(ticket, std::make_shared<const Block>(std::move(*block)), hash, true, true);
    end_work(ticket);
}

void Engine::Impl::on_getblocktxn(Peer& peer, const wire::GetBlockTxn& message) {
    const auto known = needs.chain.find(message.block);
    const bool old = known && known->height + kMaxBlockTxnDepth < needs.chain.tip().height;
    if (const auto block = recent(message.block); block && !old) return send_blocktxn(peer, *block, message);
    if (!known || !known->has_block || known->failed) return;
    if (old) {
        // Old: it gets the block, at the pace of its other requests.
        peer.wanted.push_back(
            {wire::inv_item(wire::InvType::kWitnessBlock, message.block.view()), begin_work(peer).number});
        return serve(peer);
    }
    ++peer.disk_reads;
    needs.chain.read_block(message.block,
                           [this, ticket = begin_work(peer), message](const std::shared_ptr<const Block>& block) {
                               Peer* to = find(ticket.peer);
                               if (to == nullptr) return;
                               --to->disk_reads;
                               if (block != nullptr) send_blocktxn(*to, *block, message);
                               hold_back(*to);
                               end_work(ticket);
                           });
}

void Engine::Impl::send_blocktxn(Peer& peer, const Block& block, const wire::GetBlockTxn& request) {
    wire::BlockTxn answer{request.block, {}};
    for (const uint32_t index : request.indexes) {
        if (index >= block.transactions.size()) return misbehaved(peer, "getblocktxn with out-of-bounds tx indices");
        answer.transactions.push_back(block.transactions[index]);
    }
    send(peer, answer);
}

}  // namespace sluice::sync
