// Compact blocks (BIP152 version 2), both directions. We ask the last three peers that gave us a new block first to
// announce by compact block; others send one when asked.
#include <algorithm>

#include "consensus/primitives/merkle.h"
#include "p2p/sync/detail/engine_impl.h"
#include "util/log.h"

namespace sluice::sync {
namespace {
constexpr uint64_t kVersion = 2;
constexpr size_t kMaxSources = 3;
constexpr size_t kMaxAsked = 3;  // peers, for the rest of one block
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
    const auto prev = needs.chain.find(message.header.prev);
    if (!prev) {
        peer.last_unknown = hash;
        if (!tip.initial_download) ask_for_headers(peer, tip.best_header);
        return;
    }
    if (!has_enough_work(uint64_t{prev->height} + 1)) {
        return log_debug("net", "Ignoring low-work compact block from peer {}", peer.info.id);
    }
    if (needs.chain.find(hash)) {
        announced(peer, hash);
        return begin_compact(peer, std::move(message));
    }
    std::vector<BlockHeader> headers{message.header};
    const auto judged = [this, ticket = begin_work(peer), hash,
                         message = std::move(message)](const HeadersResult& result) {
        // Before anything else is asked for: the block is (nearly) here.
        Peer* from = find(ticket.peer);
        if (from != nullptr && judge_headers(*from, {hash}, result) && result.accepted == 1)
            begin_compact(*from, message);
        schedule_all();
        end_work(ticket);
    };
    accept_headers(peer, std::move(headers), judged);
}

void Engine::Impl::begin_compact(Peer& peer, wire::CmpctBlock message) {
    const BlockHash hash = compute_hash(message.header);
    const auto known = needs.chain.find(hash);
    const Tip tip = needs.chain.tip();
    if (!known || known->has_block || known->failed || in_check.contains(hash)) return;
    const auto download = downloads.find(hash);
    const bool mine = download != downloads.end() && download->second.peer == peer.info.id;
    if (download != downloads.end() && !mine) return begin_second_compact(peer, std::move(message), download->second);
    if (mine && download->second.partial != nullptr) return;
    // Far from the tip the pool cannot help; and nobody fills our memory with blocks that we did not ask for.
    const bool useful = known->height > tip.height && known->height <= tip.height + 2;
    if (!useful || (!mine && peer.in_flight.size() >= kMaxBlocksInFlight)) {
        forget_download(hash);
        return request(peer, known->height >= tip.height ? std::vector{*known} : std::vector<KnownBlock>{});
    }
    auto partial = wire::PartialBlock::begin(std::move(message));
    if (!partial) {
        forget_download(hash);
        if (partial.error() == wire::CompactError::kInvalid) return misbehaved(peer, "invalid compact block");
        take_download(peer, *known);
        return send(peer, wire::GetData{{wire::inv_item(wire::InvType::kWitnessBlock, hash.view())}});
    }
    offer_transactions(*partial);
    const std::vector<uint32_t> missing = partial->missing();
    if (!mine) take_download(peer, *known);
    if (missing.empty()) return finish_compact(peer, *partial, {});
    downloads[hash].partial = std::make_unique<wire::PartialBlock>(std::move(*partial));
    send(peer, wire::GetBlockTxn{hash, missing});
}

void Engine::Impl::offer_transactions(wire::PartialBlock& partial) const {
    for (const auto& [wtxid, pooled] : pool) partial.offer(pooled.relay.tx);
}

void Engine::Impl::take_download(Peer& peer, const KnownBlock& block) {
    if (peer.in_flight.empty()) peer.download_since = now();
    downloads[block.hash] = {peer.info.id, block.height, nullptr, {}};
    peer.in_flight.push_back(block.hash);
}

// Somebody else was asked for it already. Whoever we chose to announce in this form is asked for the rest too; the last
// place is kept for a peer that we dialled, which strangers cannot take.
void Engine::Impl::begin_second_compact(Peer& peer, wire::CmpctBlock message, Download& download) {
    const BlockHash hash = compute_hash(message.header);
    if (download.height > needs.chain.tip().height + 2 || download.others.contains(peer.info.id)) return;
    auto partial = wire::PartialBlock::begin(std::move(message));
    if (!partial) {
        if (partial.error() == wire::CompactError::kInvalid) misbehaved(peer, "invalid compact block");
        return;
    }
    offer_transactions(*partial);
    const std::vector<uint32_t> missing = partial->missing();
    if (missing.empty()) return finish_compact(peer, *partial, {});
    const auto dialled = [&](net::PeerId id) {
        const Peer* asked = find(id);
        return asked != nullptr && net::is_outbound(asked->info.kind);
    };
    const size_t asked = 1 + download.others.size();
    const bool any_dialled =
        dialled(download.peer) || std::ranges::any_of(download.others, [&](const auto& o) { return dialled(o.first); });
    const bool room = asked < kMaxAsked - 1 || (asked < kMaxAsked && (any_dialled || dialled(peer.info.id)));
    if (!room || !peer.compact_announce_from) return;
    download.others[peer.info.id] = std::make_unique<wire::PartialBlock>(std::move(*partial));
    send(peer, wire::GetBlockTxn{hash, missing});
}

void Engine::Impl::on_blocktxn(Peer& peer, const wire::BlockTxn& message) {
    const auto download = downloads.find(message.block);
    if (download == downloads.end()) return;
    std::unique_ptr<wire::PartialBlock> partial;
    if (download->second.peer == peer.info.id) {
        partial = std::move(download->second.partial);
    } else if (auto other = download->second.others.extract(peer.info.id)) {
        partial = std::move(other.mapped());
    }
    if (partial != nullptr) finish_compact(peer, *partial, message.transactions);
}

void Engine::Impl::finish_compact(Peer& peer, const wire::PartialBlock& partial,
                                  const std::vector<TxRef>& transactions) {
    const BlockHash hash = compute_hash(partial.header());
    const auto download = downloads.find(hash);
    const bool mine = download != downloads.end() && download->second.peer == peer.info.id;
    auto block = partial.complete(transactions);
    if (!block) {
        if (mine) forget_download(hash);
        return misbehaved(peer, "invalid compact block/non-matching block transactions");
    }
    if (tx_merkle_root(block->transactions).root != block->header.merkle_root) {
        // Two transactions share a short id: the whole block settles it.
        if (mine) send(peer, wire::GetData{{wire::inv_item(wire::InvType::kWitnessBlock, hash.view())}});
        return;
    }
    const Ticket ticket = begin_work(peer);
    give_block({ticket, std::make_shared<const Block>(std::move(*block)), hash, true, true});
    end_work(ticket);
}

void Engine::Impl::on_getblocktxn(Peer& peer, const wire::GetBlockTxn& message) {
    const auto known = needs.chain.find(message.block);
    const bool old = known && known->height + kMaxBlockTxnDepth < needs.chain.tip().height;
    if (const auto block = recent(message.block); block && !old) return send_blocktxn(peer, *block, message);
    if (!known || !may_serve(*known)) return;
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
