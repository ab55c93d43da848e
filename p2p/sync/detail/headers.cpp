// Headers first. One peer at a time gives us the chain from far behind; near the tip every peer tells us what it has.
// Every header of a signed chain is checked by its signature before it is kept, so there is no cheap header to flood us
// with (protocol/p2p.md section 4 says why the reference's own defence does nothing here).
#include <algorithm>

#include "p2p/sync/detail/engine_impl.h"
#include "util/log.h"

namespace sluice::sync {
namespace {
constexpr std::chrono::minutes kHeadersTimeout{2};
constexpr std::chrono::minutes kHeadersGivenUp{15};
constexpr std::chrono::milliseconds kPerHeader{2};
constexpr int64_t kCloseToNow = 24 * 60 * 60;
constexpr uint64_t kLowestBelowTip = 144;  // blocks
constexpr int kStaleSpacings = 3;          // block intervals without a block
constexpr std::chrono::minutes kBehindTimeout{20};
}  // namespace

bool Engine::Impl::is_tip_recent(uint32_t spacings) const {
    return int64_t{needs.chain.tip().best_header_time} >
           needs.clock.unix_time() - int64_t{options.block_spacing} * spacings;
}

// A chain that ends at this height is worth remembering: it is not far below ours. Who holds keys of blocks long past
// could otherwise fill our memory with branches from there.
bool Engine::Impl::has_enough_work(uint64_t height) const {
    const uint64_t ours = uint64_t{needs.chain.tip().height} + 1;  // every block counts one, genesis too
    return height + 1 >= std::max(ours - std::min(kLowestBelowTip, ours), options.min_chain_work);
}

void Engine::Impl::ask_for_headers(Peer& peer, const BlockHash& from) {
    if (peer.headers_asked && now() - *peer.headers_asked < kHeadersTimeout) {
        peer.ask_headers_again = true;
        return;
    }
    peer.headers_asked = now();
    peer.ask_headers_again = false;
    wire::GetHeaders message;
    message.locator.have = needs.chain.locator(from);
    send(peer, message);
}

void Engine::Impl::start_header_sync() {
    const Tip tip = needs.chain.tip();
    const bool near = int64_t{tip.best_header_time} > needs.clock.unix_time() - kCloseToNow;
    if (header_source && !near) return;
    // Asking from the block before our best one gets at least that one back: then we know that the peer has it.
    const auto best = needs.chain.find(tip.best_header);
    const BlockHash from = best && best->height > 0 ? best->prev : tip.best_header;
    for (const bool outbound : {true, false}) {
        for (auto& [id, peer] : peers) {
            if (!peer.is_ready || peer.leaving || peer.was_asked_for_headers || !can_serve_blocks(peer)) continue;
            if (net::is_outbound(peer.info.kind) != outbound) continue;
            peer.was_asked_for_headers = true;
            ask_for_headers(peer, from);
            if (near) continue;
            header_source = id;
            return;
        }
    }
}

void Engine::Impl::on_headers(Peer& peer, std::vector<BlockHeader> headers) {
    if (headers.empty()) return headers_answered(peer);
    peer.more_headers.push_back({std::move(headers), begin_work(peer).number});
    check_next_headers(peer);
}

// It has nothing (more) that we want to know of.
void Engine::Impl::headers_answered(Peer& peer) {
    peer.headers_asked.reset();
    peer.slow_with_headers = false;
    if (header_source == peer.info.id) header_source.reset();
    ask_for_missed(peer);
    start_header_sync();
}

void Engine::Impl::check_next_headers(Peer& peer) {
    while (!peer.checking_headers && !peer.more_headers.empty() && !peer.leaving) {
        std::vector<BlockHeader> headers = std::move(peer.more_headers.front().headers);
        const Ticket ticket{peer.info.id, peer.more_headers.front().ticket};
        peer.more_headers.pop_front();
        std::vector<BlockHash> hashes;
        hashes.reserve(headers.size());
        for (const BlockHeader& header : headers) {
            if (!hashes.empty() && header.prev != hashes.back()) break;
            hashes.push_back(compute_hash(header));
        }
        if (hashes.size() != headers.size()) {
            misbehaved(peer, "non-continuous headers sequence");
            end_work(ticket);
            continue;
        }
        const auto prev = needs.chain.find(headers.front().prev);
        if (!prev) {
            // Perhaps only a gap: ask for what leads there.
            peer.last_unknown = hashes.back();
            ask_for_headers(peer, needs.chain.tip().best_header);
            end_work(ticket);
            continue;
        }
        // It may be the answer to what we asked; one that connects to nothing is not, and is not asked about twice.
        peer.headers_asked.reset();
        peer.slow_with_headers = false;
        const bool more = headers.size() == wire::kMaxHeaders;
        if (needs.chain.find(hashes.back())) {
            headers_checked(peer.info.id, hashes, more, {hashes.size(), std::nullopt});
            end_work(ticket);
            continue;
        }
        // More may follow a full message; what it ends with decides.
        const uint64_t last_height = prev->height + headers.size();
        if (!more && !has_enough_work(last_height) && !peer.info.permissions.no_ban) {
            log_debug("net", "Ignoring low-work chain (height={}) from peer={}", last_height, peer.info.id);
            headers_answered(peer);
            end_work(ticket);
            continue;
        }
        peer.checking_headers = true;
        accept_headers(peer, std::move(headers), [this, ticket, hashes, more](const HeadersResult& result) {
            if (Peer* from = find(ticket.peer)) from->checking_headers = false;
            headers_checked(ticket.peer, hashes, more, result);
            if (Peer* from = find(ticket.peer)) {
                check_next_headers(*from);
                hold_back(*from);
            }
            end_work(ticket);
        });
    }
}

void Engine::Impl::accept_headers(Peer& peer, std::vector<BlockHeader> headers,
                                  std::function<void(const HeadersResult&)> done) {
    ++peer.headers_in_check;
    ++headers_in_check;
    needs.chain.accept_headers(std::move(headers),
                               [this, id = peer.info.id, done = std::move(done)](const HeadersResult& result) {
                                   --headers_in_check;
                                   if (Peer* from = find(id)) --from->headers_in_check;
                                   done(result);
                                   take_decoded(id);
                               });
}

// False: the peer is to go.
bool Engine::Impl::judge_headers(Peer& peer, const std::vector<BlockHash>& hashes, const HeadersResult& result) {
    if (result.accepted > 0) announced(peer, hashes[result.accepted - 1]);
    for (const BlockHash& hash : hashes) peer.damaged.erase(hash);
    if (result.failure && result.failure->kind == Failure::Kind::kInvalid) {
        // A clock that runs ahead is no proof of ill will.
        if (result.failure->reason != "time-too-new") misbehaved(peer, "invalid header: " + result.failure->reason);
        if (peer.leaving) return false;
    }
    resolve_unknown(peer);
    return true;
}

void Engine::Impl::headers_checked(net::PeerId id, const std::vector<BlockHash>& hashes, bool more,
                                   const HeadersResult& result) {
    Peer* peer = find(id);
    if (peer == nullptr || !judge_headers(*peer, hashes, result)) return;
    if (more && !result.failure) {
        ask_for_headers(*peer, hashes.back());
    } else {
        if (result.accepted == hashes.size()) fetch_announced(*peer, hashes.back());
        ask_for_missed(*peer);
        if (header_source == id) {
            header_source.reset();
            start_header_sync();
        }
    }
    schedule_all();
}

void Engine::Impl::update_best_known(Peer& peer, const BlockHash& hash) {
    const auto block = needs.chain.find(hash);
    if (!block) {
        peer.last_unknown = hash;
        return;
    }
    const auto best = peer.best_known ? needs.chain.find(*peer.best_known) : std::nullopt;
    if (!best || block->height >= best->height) peer.best_known = hash;
}

// Its own word on which chain it follows now. The last word counts, even of a lower chain: it may have given up a
// branch, as we may have.
void Engine::Impl::announced(Peer& peer, const BlockHash& hash) {
    const auto block = needs.chain.find(hash);
    if (block && peer.best_known) {
        const auto best = needs.chain.find(*peer.best_known);
        const auto on_best = needs.chain.ancestor(*peer.best_known, block->height);
        if (!best || best->failed || !on_best || on_best->hash != hash) peer.best_known = hash;
    }
    update_best_known(peer, hash);
}

bool Engine::Impl::peer_has(const Peer& peer, const BlockHash& hash) const {
    const auto block = needs.chain.find(hash);
    if (!block) return false;
    for (const auto& best : {peer.best_known, peer.best_sent}) {
        if (!best) continue;
        const auto ancestor = needs.chain.ancestor(*best, block->height);
        if (ancestor && ancestor->hash == hash) return true;
    }
    return false;
}

void Engine::Impl::on_block_inv(Peer& peer, const std::vector<BlockHash>& hashes) {
    for (const BlockHash& hash : hashes) {
        announced(peer, hash);
        peer.damaged.erase(hash);
    }
    if (!hashes.empty() && !needs.chain.find(hashes.back()) && may_ask_for(peer, hashes.back()))
        ask_for_headers(peer, needs.chain.tip().best_header);
    // Whoever told of it by its header goes first.
    if (headers_in_check == 0) schedule(peer);
}

// Far behind, every new block would make us ask everybody for the whole chain: one peer more for each, once.
bool Engine::Impl::may_ask_for(Peer& peer, const BlockHash& announced_by_id) {
    if (peer.was_asked_for_headers) return true;
    if (peer.inv_asked_headers || announced_by_id == last_inv_asked) return false;
    peer.inv_asked_headers = true;
    last_inv_asked = announced_by_id;
    return true;
}

// An answer does not show what was announced while it was on its way. One more question for each such announcement.
void Engine::Impl::ask_for_missed(Peer& peer) {
    if (!peer.ask_headers_again || peer.headers_asked) return;
    peer.ask_headers_again = false;
    resolve_unknown(peer);
    if (peer.last_unknown) ask_for_headers(peer, needs.chain.tip().best_header);
}

// What it announced may have become known since.
void Engine::Impl::resolve_unknown(Peer& peer) {
    if (!peer.last_unknown || !needs.chain.find(*peer.last_unknown)) return;
    const BlockHash hash = *peer.last_unknown;
    peer.last_unknown.reset();
    announced(peer, hash);
}

// Nothing has happened for several block intervals: perhaps an announcement was lost. Everybody is asked once more.
void Engine::Impl::ask_again_when_stale() {
    if (now() - progress_at < std::chrono::seconds(options.block_spacing) * kStaleSpacings) return;
    progress_at = now();
    for (auto& [id, peer] : peers) {
        if (!peer.slow_with_headers) peer.was_asked_for_headers = false;
    }
}

// A peer of our own choice that stays behind our chain is of no use: its place goes to another.
void Engine::Impl::tick_behind(Peer& peer) {
    using net::ConnectionKind;
    const bool chosen = peer.info.kind == ConnectionKind::kOutbound || peer.info.kind == ConnectionKind::kBlockRelay;
    if (!chosen || peer.info.protected_from_bans) return;
    const auto best = peer.best_known ? needs.chain.find(*peer.best_known) : std::nullopt;
    if (best && best->height >= needs.chain.tip().height) {
        peer.behind_since.reset();
        peer.behind_warned = false;
        return;
    }
    if (!peer.behind_since) peer.behind_since = now();
    const auto waited = now() - *peer.behind_since;
    if (!peer.behind_warned && waited > kBehindTimeout) {
        peer.behind_warned = true;
        peer.behind_since = now() - kBehindTimeout;  // the rest of its time begins now, however late we are
        const auto tip = needs.chain.find(needs.chain.tip().hash);
        if (tip) ask_for_headers(peer, tip->height > 0 ? tip->prev : tip->hash);
    } else if (peer.behind_warned && waited > kBehindTimeout + kHeadersTimeout) {
        drop(peer, "stays behind our chain");
    }
}

void Engine::Impl::tick_headers(Peer& peer) {
    resolve_unknown(peer);
    tick_behind(peer);
    if (peer.leaving) return;
    if (!peer.headers_asked) return;
    const auto waited = now() - *peer.headers_asked;
    if (waited < kHeadersTimeout) return;
    // Without another of our choice to ask instead, it stays: it may come to itself.
    const bool others = std::ranges::any_of(peers, [&](const auto& p) {
        const bool chosen = net::is_outbound(p.second.info.kind) || p.second.info.permissions.no_ban;
        return chosen && p.first != peer.info.id && p.second.is_ready && !p.second.leaving &&
               can_serve_blocks(p.second);
    });
    if (header_source == peer.info.id) {
        header_source.reset();
        if (!others || peer.info.protected_from_bans) {
            peer.headers_asked.reset();
            peer.was_asked_for_headers = false;
        } else {
            peer.slow_with_headers = true;  // the next one is asked meanwhile
        }
    }
    // The longer the chain, the longer may it take to read what was asked for.
    const int64_t blocks = (needs.clock.unix_time() - needs.chain.tip().best_header_time) / options.block_spacing;
    if (waited < kHeadersGivenUp + kPerHeader * std::max<int64_t>(0, blocks)) return;
    peer.headers_asked.reset();
    if (peer.slow_with_headers && others) drop(peer, "does not give the headers that it was asked for");
}

}  // namespace sluice::sync
