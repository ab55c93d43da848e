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
constexpr int64_t kNearTip = 20;                     // block intervals
constexpr size_t kMostGivers = 2 * kDownloadWindow;  // blocks whose giver is remembered until they are connected
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
    // A rival of the tip is wanted too: what is built on it may come at any moment.
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

// Near the tip, whoever announces a branch is asked for what we lack of it at once, whatever services it claims, unless
// that is more than one load: then it is a reorganisation that takes its time.
void Engine::Impl::fetch_announced(Peer& peer, const BlockHash& last) {
    const Tip tip = needs.chain.tip();
    const auto known = needs.chain.find(last);
    if (!known || known->failed || known->height < tip.height) return;
    if (int64_t{tip.time} <= needs.clock.unix_time() - int64_t{options.block_spacing} * kNearTip) return;
    if ((peer.services & wire::kNodeWitness) == 0) return;
    constexpr size_t kMost = 4 * kMaxBlocksInFlight;
    const std::vector<KnownBlock> missing = needs.chain.missing(last, kMost, known->height);
    std::vector<KnownBlock> wanted;
    for (const KnownBlock& block : missing) {
        if (!in_check.contains(block.hash) && !downloads.contains(block.hash) && !peer.damaged.contains(block.hash))
            wanted.push_back(block);
    }
    if (missing.size() == kMost || wanted.size() > kMaxBlocksInFlight) {
        return log_debug("net", "Large reorg, won't direct fetch to {} ({})", to_display(last), known->height);
    }
    const size_t room = kMaxBlocksInFlight - std::min(kMaxBlocksInFlight, peer.in_flight.size());
    if (wanted.size() > room) wanted.erase(wanted.begin() + static_cast<ptrdiff_t>(room), wanted.end());
    request(peer, wanted);
}

void Engine::Impl::request(Peer& peer, const std::vector<KnownBlock>& blocks) {
    if (blocks.empty()) return;
    const Tip tip = needs.chain.tip();
    // A single block on our tip may come in its compact form: most of it is in the pool, if we take transactions.
    const bool compact = blocks.size() == 1 && downloads.empty() && peer.accepts_compact &&
                         blocks[0].prev == tip.hash && is_tip_recent(20) && !options.blocks_only;
    wire::GetData message;
    for (const KnownBlock& block : blocks) {
        take_download(peer, block);
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

// The largest message: decoded, with the ids of its transactions and their Merkle root, on a worker. What one peer gave
// is dealt with in its order: a block may well be the parent of the next.
void Engine::Impl::decode_block(Peer& peer, Bytes payload) {
    auto work = std::make_shared<BlockDecoding>();
    work->payload = std::move(payload);
    work->ticket = begin_work(peer);
    peer.decoding.push_back(work);
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
    needs.compute.run(job, [this, work] {
        work->done = true;
        take_decoded(work->ticket.peer);
    });
    hold_back(peer);
}

void Engine::Impl::take_decoded(net::PeerId id) {
    for (Peer* from = find(id); from != nullptr && !from->decoding.empty() && from->decoding.front()->done;
         from = find(id)) {
        // Headers that it gave may be what the block builds on.
        if (from->headers_in_check > 0 || !from->more_headers.empty()) break;
        // It waits: to drop it would leave the next one without a parent.
        if (in_check.size() >= 2 * kMaxBlocksInCheck) break;
        const std::shared_ptr<BlockDecoding> work = std::move(from->decoding.front());
        from->decoding.pop_front();
        if (!work->block) {
            malformed(*from, "block", work->payload.size(), work->unreadable);
        } else if (work->damage != nullptr && needs.chain.find(work->block->header.prev)) {
            on_damaged_block(*from, compute_hash(work->block->header), work->damage);
        } else {
            on_block(*from, std::move(*work->block), work->ticket);
        }
        end_work(work->ticket);
    }
    if (Peer* still = find(id)) hold_back(*still);
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
    give_block({ticket, std::make_shared<const Block>(std::move(block)), hash, requested, false});
}

void Engine::Impl::give_block(GivenBlock given) {
    const Ticket ticket = given.ticket;
    const BlockHash hash = given.hash;
    // Who was not asked does not free those who were, before the block is seen to be good.
    const auto asked = downloads.find(hash);
    const bool from_holder = asked != downloads.end() && asked->second.peer == ticket.peer;
    if (from_holder) forget_download(hash);
    if (const auto first = in_check.find(hash); first != in_check.end()) {
        // Somebody was faster, perhaps with damaged witnesses, which the hash does not show.
        if (!from_holder || first->second) return;
        share_work(ticket);
        first->second = std::move(given);
        return;
    }
    const auto known = needs.chain.find(hash);
    Peer* peer = find(ticket.peer);
    if (peer != nullptr) update_best_known(*peer, hash);
    if (known && known->has_block) return forget_download(hash);
    const auto prev = needs.chain.find(given.block->header.prev);
    if (!prev && in_check.contains(given.block->header.prev)) return check_block(std::move(given));
    if (!prev) {
        // Blocks are only asked for when their headers are here: this one came unasked.
        if (peer != nullptr) misbehaved(*peer, "AcceptBlock FAILED (prev-blk-not-found)");
        return;
    }
    if (!known && !has_enough_work(uint64_t{prev->height} + 1)) {
        return log_debug("validation",
                         "AcceptBlockHeader: not adding new block header {}, missing anti-dos proof-of-work validation",
                         to_display(hash));
    }
    if (!given.requested && uint64_t{prev->height} + 2 < options.min_chain_work) return;
    check_block(std::move(given));
}

void Engine::Impl::check_block(GivenBlock given) {
    if (in_check.size() >= 2 * kMaxBlocksInCheck) return;
    const Ticket ticket = given.ticket;
    const BlockHash hash = given.hash;
    in_check.emplace(hash, std::nullopt);
    share_work(ticket);
    needs.chain.accept_block(std::move(given.block), given.requested,
                             [this, ticket, hash, compact = given.compact](const BlockResult& result) {
                                 block_checked(ticket, hash, compact, result);
                                 end_work(ticket);
                             });
}

void Engine::Impl::block_checked(const Ticket& ticket, const BlockHash& hash, bool compact, const BlockResult& result) {
    const auto checked = in_check.extract(hash);
    const bool invalid = result.failure && result.failure->kind == Failure::Kind::kInvalid;
    if (!result.failure) forget_download(hash);
    Peer* peer = find(ticket.peer);
    if (peer != nullptr && !result.failure) {
        update_best_known(*peer, hash);
        if (result.is_new) peer->last_block_time = needs.clock.unix_time();
        if (result.is_new && result.active && !needs.chain.tip().initial_download) prefer_compact_from(*peer);
    }
    if (peer != nullptr && result.is_new && !result.active && !invalid) remember_source(hash, {ticket.peer, compact});
    if (peer != nullptr && invalid) blame(*peer, hash, compact, *result.failure);
    for (const RefusedBlock& refused : result.refused) blame_source(refused);
    check_second_copy(hash, std::move(checked.mapped()), invalid && result.failure->mutated);
    for (const auto& [id, waiting] : peers) take_decoded(id);
    schedule_all();
}

void Engine::Impl::check_second_copy(const BlockHash& hash, std::optional<GivenBlock> second, bool first_was_mutated) {
    if (!second) return;
    const Ticket ticket = second->ticket;
    if (first_was_mutated) {
        give_block(std::move(*second));
    } else if (Peer* peer = find(ticket.peer)) {
        update_best_known(*peer, hash);
    }
    end_work(ticket);
}

void Engine::Impl::blame(Peer& peer, const BlockHash& hash, bool compact, const Failure& failure) {
    log_debug("validation", "Block validation error: {}{}{}; peer {} gave {}, {}", failure.reason,
              failure.detail.empty() ? "" : ", ", failure.detail, peer.info.id, to_display(hash), failure.reason);
    // Asked again at once, it could give the same, and keep us from asking others for ever.
    if (failure.mutated) peer.damaged[hash] = now() + kDamagedAgain;
    // Compact blocks may be passed on before they are checked; a block that was known to be bad says little about
    // an inbound peer; a clock that runs ahead is no proof of ill will.
    const bool known_bad = failure.reason == "duplicate-invalid" && !net::is_outbound(peer.info.kind);
    // An unknown parent was being checked when this came: perhaps a damaged copy of it, of somebody else.
    const bool nobodys = failure.reason == "time-too-new" || failure.reason == "prev-blk-not-found";
    if (!compact && !known_bad && !nobodys) misbehaved(peer, "invalid block: " + failure.reason);
}

void Engine::Impl::remember_source(const BlockHash& hash, const BlockSource& source) {
    if (!sources.emplace(hash, source).second) return;
    source_order.push_back(hash);
    if (source_order.size() <= kMostGivers) return;
    sources.erase(source_order.front());
    source_order.pop_front();
}

void Engine::Impl::blame_source(const RefusedBlock& refused) {
    const auto source = sources.extract(refused.hash);
    if (!source) return;
    if (Peer* peer = find(source.mapped().peer)) blame(*peer, refused.hash, source.mapped().compact, refused.failure);
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
