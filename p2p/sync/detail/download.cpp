// Block download: up to 16 blocks from each peer at a time, within a window above the tip, each block from one peer. A
// peer that keeps the window from moving, or that does not deliver, is dropped and its blocks are asked of others.
#include <algorithm>

#include "codec/hex.h"
#include "consensus/primitives/merkle.h"
#include "p2p/sync/detail/engine_impl.h"
#include "util/log.h"

namespace sluice::sync {
namespace {
constexpr std::chrono::seconds kFirstStall{2};
constexpr std::chrono::seconds kMaxStall{64};
constexpr std::chrono::minutes kDamagedAgain{1};
}  // namespace

bool Engine::Impl::can_serve_blocks(const Peer& peer) const {
    const bool has_blocks = (peer.services & (wire::kNodeNetwork | wire::kNodeNetworkLimited)) != 0;
    return has_blocks && (peer.services & wire::kNodeWitness) != 0 && peer.info.kind != net::ConnectionKind::kFeeler &&
           peer.info.kind != net::ConnectionKind::kAddrFetch;
}

void Engine::Impl::schedule_all() {
    for (auto& [id, peer] : peers) {
        if (peer.is_ready && !peer.leaving) schedule(peer);
    }
}

void Engine::Impl::schedule(Peer& peer) {
    if (peer.best_known) fetch(peer, *peer.best_known);
}

// Asks the peer for blocks that are missing on the way to one that it has.
void Engine::Impl::fetch(Peer& peer, const BlockHash& toward) {
    // Asked again when half of it has come: not for every block.
    if (peer.in_flight.size() > kMaxBlocksInFlight / 2 || in_check.size() >= kMaxBlocksInCheck) return;
    if (!can_serve_blocks(peer)) return;
    const Tip tip = needs.chain.tip();
    const auto best = needs.chain.find(toward);
    // A branch as high as ours is fetched too: the next block may be on it.
    if (!best || best->failed || best->active || best->height < tip.height) return;
    const uint32_t window_end = tip.height + kDownloadWindow;
    // Enough to find one more than a full load behind all that is on its way.
    const size_t most = std::min<size_t>(kDownloadWindow, downloads.size() + in_check.size() + kMaxBlocksInFlight);
    const std::vector<KnownBlock> missing = needs.chain.missing(best->hash, most, window_end);
    std::vector<KnownBlock> wanted;
    std::optional<net::PeerId> first_holder;
    for (const KnownBlock& block : missing) {
        if (peer.in_flight.size() + wanted.size() >= kMaxBlocksInFlight) break;
        if (in_check.contains(block.hash) || peer.damaged.contains(block.hash)) continue;
        const auto download = downloads.find(block.hash);
        if (download == downloads.end()) {
            wanted.push_back(block);
        } else if (!first_holder) {
            first_holder = download->second.peer;
        }
    }
    request(peer, wanted);
    // All of the window is on its way and there is more behind it: whoever has its first block holds everybody up.
    const bool window_full = best->height > window_end;
    if (wanted.empty() && peer.in_flight.empty() && window_full && first_holder && *first_holder != peer.info.id) {
        Peer* holder = find(*first_holder);
        if (holder != nullptr && !holder->stalling_since) {
            log_debug("net", "Stall started peer={}", holder->info.id);
            holder->stalling_since = now();
        }
    }
}

void Engine::Impl::request(Peer& peer, const std::vector<KnownBlock>& blocks) {
    if (blocks.empty()) return;
    const Tip tip = needs.chain.tip();
    // A single block on our tip may come in its compact form: most of it is in the pool, if we take transactions.
    const bool compact = blocks.size() == 1 && downloads.empty() && peer.accepts_compact &&
                         blocks[0].prev == tip.hash && is_tip_recent(20) && !options.blocks_only;
    wire::GetData message;
    for (const KnownBlock& block : blocks) {
        if (peer.in_flight.empty()) peer.download_since = now();
        downloads[block.hash] = {peer.info.id, block.height, nullptr};
        peer.in_flight.push_back(block.hash);
        message.items.push_back(
            wire::inv_item(compact ? wire::InvType::kCompactBlock : wire::InvType::kWitnessBlock, block.hash.view()));
    }
    send(peer, message);
}

void Engine::Impl::forget_download(const BlockHash& hash) {
    const auto at = downloads.find(hash);
    if (at == downloads.end()) return;
    const auto holder = peers.find(at->second.peer);
    if (holder != peers.end()) {
        Peer& peer = holder->second;
        const bool was_first = !peer.in_flight.empty() && peer.in_flight.front() == hash;
        std::erase(peer.in_flight, hash);
        if (was_first) peer.download_since = now();
        peer.stalling_since.reset();
    }
    downloads.erase(at);
}

// The largest message: decoded, with the ids of its transactions and their Merkle root, on a worker.
void Engine::Impl::decode_block(Peer& peer, Bytes payload) {
    struct Work {
        Bytes payload;
        std::optional<Block> block;
        const char* damage = nullptr;
        const char* unreadable = "it does not decode";
    };
    auto work = std::make_shared<Work>();
    work->payload = std::move(payload);
    ++peer.blocks_in_decode;
    const auto job = [work] {
        Reader reader(work->payload);
        Block block;
        describe(reader, block);
        if (!reader.finish()) {
            const DecodeError error = reader.error().value_or(DecodeError::kTrailing);
            work->unreadable =
                error == DecodeError::kNonCanonical ? "non-canonical ReadCompactSize()" : to_string(error);
            return;
        }
        work->block = std::move(block);
        const TxMerkleRoot merkle = tx_merkle_root(work->block->transactions);
        if (merkle.root != work->block->header.merkle_root) work->damage = "bad-txnmrklroot, hashMerkleRoot mismatch";
        if (merkle.mutated) work->damage = "bad-txns-duplicate, duplicate transaction";
    };
    needs.compute.run(job, [this, work, ticket = begin_work(peer)] {
        Peer* from = find(ticket.peer);
        if (from == nullptr) return;
        --from->blocks_in_decode;
        if (!work->block) {
            malformed(*from, "block", work->payload.size(), work->unreadable);
        } else if (work->damage != nullptr && needs.chain.find(work->block->header.prev)) {
            on_damaged_block(*from, compute_hash(work->block->header), work->damage);
        } else {
            on_block(*from, std::move(*work->block), ticket);
        }
        end_work(ticket);
        if (Peer* still = find(ticket.peer)) hold_back(*still);
    });
    hold_back(peer);
}

// Its header may be fine: nothing is held against the block, and whoever else was asked for it stays asked.
void Engine::Impl::on_damaged_block(Peer& peer, const BlockHash& hash, std::string_view how) {
    log_debug("validation", "Block mutated: {}", how);
    const auto asked = downloads.find(hash);
    if (asked != downloads.end() && asked->second.peer == peer.info.id) forget_download(hash);
    // A peer that the user trusts is asked again later, or when it announces the block anew.
    peer.damaged[hash] = now() + kDamagedAgain;
    misbehaved(peer, "mutated block");
    schedule_all();
}

void Engine::Impl::on_block(Peer& peer, Block block, const Ticket& ticket) {
    const BlockHash hash = compute_hash(block.header);
    const auto download = downloads.find(hash);
    const bool requested = download != downloads.end();
    if (requested && download->second.peer == peer.info.id) {
        // It delivers: be patient with others again.
        const auto calmer = std::max(kFirstStall, stall_timeout * 17 / 20);
        if (calmer != stall_timeout) {
            stall_timeout = calmer;
            log_debug("net", "Decreased stalling timeout to {} seconds", stall_timeout.count());
        }
    }
    give_block(ticket, std::make_shared<const Block>(std::move(block)), hash, requested, false);
}

void Engine::Impl::give_block(const Ticket& ticket, std::shared_ptr<const Block> block, const BlockHash& hash,
                              bool requested, bool compact) {
    // Who was not asked does not free those who were, before the block is seen to be good.
    const auto asked = downloads.find(hash);
    if (asked != downloads.end() && asked->second.peer == ticket.peer) forget_download(hash);
    if (in_check.contains(hash)) return;
    const auto known = needs.chain.find(hash);
    Peer* peer = find(ticket.peer);
    if (peer != nullptr) update_best_known(*peer, hash);
    if (known && known->has_block) return forget_download(hash);
    if (!known && !needs.chain.find(block->header.prev)) {
        // Blocks are only asked for when their headers are here: this one came unasked.
        if (peer != nullptr) misbehaved(*peer, "AcceptBlock FAILED (prev-blk-not-found)");
        return;
    }
    if (in_check.size() >= 2 * kMaxBlocksInCheck) return;
    in_check.insert(hash);
    share_work(ticket);
    needs.chain.accept_block(std::move(block), requested, [this, ticket, hash, compact](const BlockResult& result) {
        block_checked(ticket, hash, compact, result);
        end_work(ticket);
    });
}

void Engine::Impl::block_checked(const Ticket& ticket, const BlockHash& hash, bool compact, const BlockResult& result) {
    in_check.erase(hash);
    if (!result.failure) forget_download(hash);
    Peer* peer = find(ticket.peer);
    if (peer != nullptr && !result.failure) {
        update_best_known(*peer, hash);
        if (result.is_new) peer->last_block_time = needs.clock.unix_time();
        if (result.is_new && result.active && !needs.chain.tip().initial_download) prefer_compact_from(*peer);
    }
    if (peer != nullptr && result.failure && result.failure->kind == Failure::Kind::kInvalid) {
        const Failure& failure = *result.failure;
        log_debug("validation", "Block validation error: {}{}{}; peer {} gave {}, {}", failure.reason,
                  failure.detail.empty() ? "" : ", ", failure.detail, ticket.peer, to_display(hash), failure.reason);
        if (failure.mutated && !compact) peer->damaged[hash] = now() + kDamagedAgain;
        // Compact blocks may be passed on before they are checked; a block that was known to be bad says little about
        // an inbound peer; a clock that runs ahead is no proof of ill will.
        const bool known_bad = failure.reason == "duplicate-invalid" && !net::is_outbound(peer->info.kind);
        if (!compact && !known_bad && failure.reason != "time-too-new") {
            misbehaved(*peer, "invalid block: " + failure.reason);
        }
    }
    // It was worth a try only because of what stands on it: a block below it turned out to be bad.
    const auto known = needs.chain.find(hash);
    if (peer != nullptr && !result.failure && !compact && known && known->failed) {
        misbehaved(*peer, "invalid block: bad-prevblk");
    }
    schedule_all();
}

void Engine::Impl::tick_download(Peer& peer) {
    std::erase_if(peer.damaged, [t = now()](const auto& block) { return block.second <= t; });
    if (peer.stalling_since && now() - *peer.stalling_since > stall_timeout) {
        stall_timeout = std::min(kMaxStall, stall_timeout * 2);
        return drop(peer, "holds up the download");
    }
    if (peer.in_flight.empty()) return;
    // One block interval, and half of one more for each other peer that shares our line.
    const auto others = std::ranges::count_if(
        peers, [&](const auto& p) { return p.first != peer.info.id && !p.second.in_flight.empty(); });
    const std::chrono::seconds spacing(options.block_spacing);
    if (now() - peer.download_since > spacing + spacing * others / 2)
        drop(peer, "does not deliver the block that it was asked for");
}

}  // namespace sluice::sync
