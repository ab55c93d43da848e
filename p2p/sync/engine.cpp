#include "p2p/sync/engine.h"

#include <charconv>
#include <cmath>

#include "codec/reader.h"
#include "p2p/sync/detail/engine_impl.h"
#include "util/log.h"

namespace sluice::sync {
namespace {

constexpr size_t kMaxTxsInCheck = 100;    // of one peer
constexpr size_t kMaxWantedItems = 1000;  // of one peer's getdata, before it must wait
constexpr size_t kMaxDecoding = 32;       // blocks of one peer
constexpr size_t kMaxMalformed = 100;     // messages of one peer
constexpr size_t kMaxPings = 100;         // of one peer that wait for what came before them

// -minimumchainwork: up to 64 hexadecimal digits. More than any chain can have is still a number.
Result<uint64_t> chain_work(const std::string& text) {
    std::string_view digits(text);
    if (digits.starts_with("0x") || digits.starts_with("0X")) digits.remove_prefix(2);
    const bool hex =
        std::ranges::all_of(digits, [](char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; });
    if (digits.empty() || digits.size() > 64 || !hex)
        return fail("Invalid minimum work specified (" + text + "), must be up to 64 hex digits");
    digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
    if (digits.size() > 16) return UINT64_MAX;
    uint64_t work = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), work, 16);
    return work;
}

}  // namespace

Result<EngineOptions> engine_options(const Options& options, uint32_t block_spacing) {
    EngineOptions out;
    out.block_spacing = block_spacing;
    std::string comments;
    for (const std::string& comment : options.get_all("uacomment")) {
        const bool safe = std::ranges::all_of(comment, [](char c) {
            return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                   std::string_view(" .,;-_?@").find(c) != std::string_view::npos;
        });
        if (!safe) return fail("User Agent comment (" + comment + ") contains unsafe characters.");
        comments += (comments.empty() ? "" : "; ") + comment;
    }
    if (!comments.empty()) out.user_agent = "/Sluice:0.1.0(" + comments + ")/";
    if (out.user_agent.size() > wire::kMaxUserAgent) {
        return fail("Total length of network version string (" + std::to_string(out.user_agent.size()) +
                    ") exceeds maximum length (256). Reduce the number or size of uacomments.");
    }
    out.blocks_only = options.get_bool("blocksonly", false);
    if (options.get_bool("peerblockfilters", false))
        return fail("-peerblockfilters is not supported: block filters are not served");
    const int64_t orphans = TRY(options.get_int("maxorphantx", 100));
    if (orphans < 0) return fail("-maxorphantx must not be negative");
    out.max_orphans = static_cast<size_t>(std::min<int64_t>(orphans, 10'000));
    out.peer_timeout = TRY(options.get_int("peertimeout", out.peer_timeout));
    if (const auto work = options.get("minimumchainwork")) out.min_chain_work = TRY(chain_work(*work));
    return out;
}

Engine::Impl::Impl(EngineNeeds engine_needs, EngineOptions engine_options)
    : needs(std::move(engine_needs)), options(std::move(engine_options)), orphans(options.max_orphans, needs.random) {
    progress_at = now();
}

Peer* Engine::Impl::find(net::PeerId id) {
    const auto at = peers.find(id);
    return at == peers.end() || at->second.leaving ? nullptr : &at->second;
}

void Engine::Impl::send(const Peer& peer, const wire::Message& message) {
    const Bytes payload = wire::encode_message(message);
    log_debug("net", "sending {} ({} bytes) peer={}", wire::command_of(message), payload.size(), peer.info.id);
    needs.transport.send(peer.info.id, wire::command_of(message), payload);
}

void Engine::Impl::drop(Peer& peer, std::string_view why) {
    peer.leaving = true;
    needs.transport.disconnect(peer.info.id, why);
}

void Engine::Impl::misbehaved(Peer& peer, std::string_view why) {
    log_debug("net", "Misbehaving: peer={}: {}", peer.info.id, why);
    if (peer.info.protected_from_bans) {
        // What it gave may have been our own doing, such as a block that the operator refused here.
        log_info("net", "not punishing {} peer {}", peer.info.permissions.no_ban ? "noban" : "manually connected",
                 peer.info.id);
    } else {
        peer.leaving = true;
    }
    needs.transport.discourage(peer.info.id, why);
}

SteadyTime::duration Engine::Impl::random_delay(std::chrono::milliseconds mean) {
    constexpr uint64_t kSteps = uint64_t{1} << 40;
    const double uniform = (static_cast<double>(needs.random(kSteps)) + 1) / static_cast<double>(kSteps);
    return std::chrono::milliseconds(static_cast<int64_t>(-std::log(uniform) * static_cast<double>(mean.count())));
}

// A peer that gives or asks faster than we can follow is not read until we have caught up.
void Engine::Impl::hold_back(Peer& peer) {
    const bool serving_stuck = !peer.wanted.empty() && needs.transport.send_full(peer.info.id);
    const bool hold = peer.txs_in_check >= kMaxTxsInCheck || peer.wanted.size() > kMaxWantedItems || serving_stuck ||
                      peer.decoding.size() >= kMaxDecoding || peer.pings.size() >= kMaxPings ||
                      peer.more_headers.size() > 2 || peer.disk_reads > 2;
    if (hold == peer.held_back) return;
    peer.held_back = hold;
    needs.transport.set_reading(peer.info.id, !hold);
}

void Engine::Impl::handle(Peer& peer, wire::Message message) {
    if (auto* version = std::get_if<wire::Version>(&message)) return on_version(peer, *version);
    const std::string_view command = wire::command_of(message);
    if (!peer.has_version) {
        return log_debug("net", "non-version message before version handshake. Message \"{}\" from peer={}", command,
                         peer.info.id);
    }
    if (std::holds_alternative<wire::Verack>(message)) return on_verack(peer);
    const bool before_verack =
        std::holds_alternative<wire::WtxidRelay>(message) || std::holds_alternative<wire::SendAddrV2>(message);
    if (before_verack && peer.is_ready) return drop(peer, std::string(command) + " received after verack");
    if (std::holds_alternative<wire::WtxidRelay>(message)) {
        if (peer.version >= wire::kWtxidRelayVersion) peer.wtxid_relay = true;
        return;
    }
    if (std::holds_alternative<wire::SendAddrV2>(message)) {
        peer.wants_addrv2 = true;
        return;
    }
    if (!peer.is_ready) {
        return log_debug("net", "Unsupported message \"{}\" prior to verack from peer={}", command, peer.info.id);
    }
    handle_ready(peer, std::move(message));
}

void Engine::Impl::handle_ready(Peer& peer, wire::Message message) {
    using namespace wire;
    if (auto* m = std::get_if<Ping>(&message)) {
        on_ping(peer, m->nonce);
    } else if (auto* m = std::get_if<Pong>(&message)) {
        on_pong(peer, m->nonce);
    } else if (auto* m = std::get_if<Headers>(&message)) {
        on_headers(peer, std::move(m->headers));
    } else if (auto* m = std::get_if<GetHeaders>(&message)) {
        on_getheaders(peer, m->locator);
    } else if (auto* m = std::get_if<GetBlocks>(&message)) {
        on_getblocks(peer, m->locator);
    } else if (auto* m = std::get_if<GetData>(&message)) {
        on_getdata(peer, m->items);
    } else if (auto* m = std::get_if<NotFound>(&message)) {
        on_notfound(peer, m->items);
    } else if (auto* m = std::get_if<Tx>(&message)) {
        on_tx(peer, m->tx);
    } else if (auto* m = std::get_if<SendCmpct>(&message)) {
        on_sendcmpct(peer, *m);
    } else if (auto* m = std::get_if<CmpctBlock>(&message)) {
        on_cmpctblock(peer, std::move(*m));
    } else if (auto* m = std::get_if<GetBlockTxn>(&message)) {
        on_getblocktxn(peer, *m);
    } else if (auto* m = std::get_if<BlockTxn>(&message)) {
        on_blocktxn(peer, *m);
    } else if (auto* m = std::get_if<Addr>(&message)) {
        on_addresses(peer, m->addresses);
    } else if (auto* m = std::get_if<AddrV2>(&message)) {
        on_addresses(peer, m->addresses);
    } else if (std::holds_alternative<GetAddr>(message)) {
        on_getaddr(peer);
    } else if (std::holds_alternative<SendHeaders>(message)) {
        peer.prefers_headers = true;
    } else if (auto* m = std::get_if<FeeFilter>(&message)) {
        if (in_money_range(Amount{m->rate})) peer.fee_filter = m->rate;
    } else if (std::holds_alternative<Mempool>(message)) {
        if (peer.info.permissions.mempool) {
            peer.wants_pool = true;
        } else if (!peer.info.permissions.no_ban) {
            drop(peer, "mempool request with bloom filters disabled");
        }
    } else if (auto* m = std::get_if<Inv>(&message)) {
        std::vector<BlockHash> blocks;
        std::vector<TxName> transactions;
        for (const InvItem& item : m->items) {
            if (item.is_block()) {
                blocks.push_back(BlockHash::from(item.hash));
            } else if (item.is(InvType::kWtx) ? peer.wtxid_relay : item.is(InvType::kTx) && !peer.wtxid_relay) {
                transactions.push_back({item.hash, item.is(InvType::kWtx)});
            }
        }
        on_block_inv(peer, blocks);
        on_tx_inv(peer, transactions);
    }
}

Engine::Engine(EngineNeeds needs, EngineOptions options)
    : impl_(std::make_unique<Impl>(std::move(needs), std::move(options))) {}
Engine::~Engine() = default;

void Engine::connected(const net::PeerInfo& info) {
    const auto [at, fresh] = impl_->peers.emplace(info.id, Peer(info));
    Peer& peer = at->second;
    peer.nonce = impl_->needs.random(UINT64_MAX);
    peer.address_tokens_at = impl_->now();
    if (net::is_outbound(info.kind)) impl_->send_version(peer);
}

void Engine::received(net::PeerId id, wire::Frame frame) {
    Peer* peer = impl_->find(id);
    if (peer == nullptr) return;
    log_debug("net", "received: {} ({} bytes) peer={}", frame.command, frame.payload.size(), id);
    if (frame.command == wire::BlockMessage::kCommand && peer->is_ready)
        return impl_->decode_block(*peer, std::move(frame.payload));
    auto message = wire::decode_message(frame.command, frame.payload);
    if (message) {
        impl_->handle(*peer, std::move(*message));
        if (Peer* still = impl_->find(id)) impl_->hold_back(*still);
        return;
    }
    switch (message.error()) {
        case wire::MessageError::kUnknown:
            // Bloom filters and block filters are not offered; whoever uses them does not listen to what we offer.
            if (frame.command.starts_with("filter") || frame.command.starts_with("getcf")) {
                impl_->drop(*peer, frame.command + " received despite not offering it");
            }
            return;
        case wire::MessageError::kTooMany: {
            const bool locator =
                frame.command == wire::GetHeaders::kCommand || frame.command == wire::GetBlocks::kCommand;
            if (locator)
                return impl_->drop(*peer, frame.command + " locator size > " + std::to_string(wire::kMaxLocator));
            Reader reader(frame.payload);
            return impl_->misbehaved(*peer, frame.command + " message size = " + std::to_string(reader.compact_size()));
        }
        case wire::MessageError::kMalformed:
            // A short pong may come of another implementation's mistake: the ping counts as answered.
            if (frame.command == wire::Pong::kCommand && peer->is_ready) return impl_->on_pong(*peer, std::nullopt);
            return impl_->malformed(*peer, frame.command, frame.payload.size(),
                                    wire::why_malformed(frame.command, frame.payload));
    }
}

// Damage is nobody's attack for sure, and says nothing: the message is passed over, unless it goes on and on.
void Engine::Impl::malformed(Peer& peer, std::string_view command, size_t size, std::string_view why) {
    log_debug("net", "ProcessMessages({}, {} bytes): Exception: {}, peer={}", command, size, why, peer.info.id);
    if (++peer.malformed >= kMaxMalformed) misbehaved(peer, "too many messages that do not decode");
}

void Engine::writable(net::PeerId id) {
    Peer* peer = impl_->find(id);
    if (peer == nullptr) return;
    impl_->serve(*peer);
    impl_->hold_back(*peer);
}

void Engine::disconnected(net::PeerId id) {
    const auto at = impl_->peers.find(id);
    if (at == impl_->peers.end()) return;
    const std::vector<BlockHash> in_flight = at->second.in_flight;
    for (const BlockHash& hash : in_flight) impl_->downloads.erase(hash);
    for (auto& [hash, download] : impl_->downloads) download.others.erase(id);
    impl_->requests.peer_gone(id);
    impl_->orphans.peer_gone(id);
    std::erase(impl_->compact_sources, id);
    impl_->peers.erase(at);
    if (impl_->header_source == id) impl_->header_source.reset();
    impl_->start_header_sync();
    impl_->schedule_all();
}

void Engine::Impl::tick_peer(Peer& peer) {
    peer.ticked = now();
    peer.ticked_steady = needs.clock.steady();
    tick_ping(peer);
    if (!peer.leaving) tick_headers(peer);
    if (!peer.leaving) tick_download(peer);
    if (peer.leaving) return;
    announce_transactions(peer);
    request_transactions(peer);
    tick_fee_filter(peer);
    tick_addresses(peer);
    serve(peer);
    hold_back(peer);
}

void Engine::tick() {
    impl_->orphans.expire(impl_->now());
    for (auto& [id, peer] : impl_->peers) {
        if (!peer.leaving && peer.is_ready) impl_->tick_peer(peer);
    }
    impl_->ask_again_when_stale();
    impl_->start_header_sync();
    impl_->schedule_all();
}

void Engine::blocks_connected(const std::vector<std::shared_ptr<const Block>>& blocks) {
    if (blocks.empty()) return;
    std::vector<BlockHash> hashes;
    for (const auto& block : blocks) {
        hashes.push_back(compute_hash(block->header));
        impl_->recent_blocks.emplace_back(hashes.back(), block);
        if (impl_->recent_blocks.size() > kRecentBlocks) impl_->recent_blocks.pop_front();
        impl_->orphans.block_connected(*block);
        impl_->sources.erase(hashes.back());
        for (const TxRef& tx : block->transactions) {
            impl_->confirmed.insert(Hash256::from(tx->txid));
            impl_->confirmed.insert(Hash256::from(tx->wtxid));
            impl_->requests.forget(Hash256::from(tx->txid));
            impl_->requests.forget(Hash256::from(tx->wtxid));
        }
    }
    impl_->latest_txs.clear();
    for (const TxRef& tx : blocks.back()->transactions) {
        impl_->latest_txs[Hash256::from(tx->txid)] = tx;
        impl_->latest_txs[Hash256::from(tx->wtxid)] = tx;
    }
    impl_->progress_at = impl_->now();
    // What was refused may be fine on the new tip.
    impl_->rejected.clear();
    if (impl_->needs.chain.tip().initial_download) return;
    for (auto& [id, peer] : impl_->peers) {
        if (peer.is_ready && !peer.leaving) impl_->announce_blocks(peer, blocks, hashes);
    }
}

std::vector<PeerReport> Engine::reports() const {
    const auto seconds = [](SteadyTime::duration d) { return std::chrono::duration<double>(d).count(); };
    std::vector<PeerReport> out;
    for (const auto& [id, peer] : impl_->peers) {
        PeerReport r;
        r.id = id;
        r.handshake_complete = peer.is_ready;
        r.version = peer.version;
        r.user_agent = peer.user_agent;
        r.services = peer.services;
        r.relays_transactions = impl_->relays_to(peer);
        r.last_transaction = peer.last_tx_time;
        r.last_block = peer.last_block_time;
        r.time_offset = peer.time_offset;
        if (peer.ping_time) r.ping_time = seconds(*peer.ping_time);
        if (peer.min_ping) r.min_ping = seconds(*peer.min_ping);
        if (peer.ping_nonce) r.ping_wait = seconds(impl_->now() - peer.ping_sent);
        r.starting_height = peer.starting_height;
        if (peer.best_known) {
            if (const auto best = impl_->needs.chain.find(*peer.best_known)) {
                r.synced_headers = best->height;
                // The last common block: its branch followed down to our active chain.
                auto common =
                    impl_->needs.chain.ancestor(best->hash, std::min(best->height, impl_->needs.chain.tip().height));
                while (common && !common->active && common->height > 0) common = impl_->needs.chain.find(common->prev);
                if (common) r.synced_blocks = common->height;
            }
        }
        for (const BlockHash& hash : peer.in_flight) {
            const auto download = impl_->downloads.find(hash);
            if (download != impl_->downloads.end()) r.blocks_in_flight.push_back(download->second.height);
        }
        r.address_relay = peer.relays_addresses;
        r.addresses_processed = peer.addresses_processed;
        r.addresses_rate_limited = peer.addresses_limited;
        r.min_fee_filter = peer.fee_filter;
        r.high_bandwidth_to = peer.compact_announce_from;
        r.high_bandwidth_from = peer.compact_announce_to;
        out.push_back(std::move(r));
    }
    return out;
}

uint64_t Engine::local_services() const { return kLocalServices; }
const EngineOptions& Engine::options() const { return impl_->options; }

std::vector<OrphanReport> Engine::orphans() const { return impl_->orphans.reports(impl_->now()); }

std::optional<std::string> Engine::fetch_block(const BlockHash& hash, net::PeerId id) {
    const auto block = impl_->needs.chain.find(hash);
    if (!block) return "Block header missing";
    if (block->has_block) return "Block already downloaded";
    Peer* peer = impl_->find(id);
    if (peer == nullptr || !peer->is_ready) return "Peer does not exist";
    if ((peer->services & wire::kNodeWitness) == 0) return "Pre-SegWit peer";
    const auto asked = impl_->downloads.find(hash);
    if (asked != impl_->downloads.end() && asked->second.peer == id) return "Already requested from this peer";
    impl_->forget_download(hash);
    impl_->request(*peer, {*block});
    return std::nullopt;
}

void Engine::ping_all() {
    for (auto& [id, peer] : impl_->peers) {
        if (peer.is_ready && !peer.leaving && !peer.ping_nonce) impl_->send_ping(peer);
    }
}

}  // namespace sluice::sync
