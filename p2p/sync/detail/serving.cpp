// What peers ask of us: headers, lists of blocks, blocks and transactions. Requests wait in the peer's own queue; while
// it does not read our answers, we read no more of its requests.
#include <algorithm>

#include "codec/hex.h"
#include "p2p/sync/detail/engine_impl.h"
#include "util/log.h"

namespace sluice::sync {
namespace {
constexpr size_t kMaxBlocksListed = 500;
constexpr int64_t kStaleLimit = 30 * 24 * 60 * 60;  // seconds: older branches tell only who we are
constexpr size_t kMaxHeaderBytes = 15'000'000;      // of one answer

// As the reference's receiver reads it: the header whole, transactions without witness.
Bytes block_without_witness(const Block& block) {
    ByteWriter writer;
    describe(writer, block.header, HeaderForm::kFull);
    writer.compact_size(block.transactions.size());
    for (const TxRef& tx : block.transactions) describe(writer, tx->tx, WitnessForm::kWithout);
    return writer.release();
}

}  // namespace

std::shared_ptr<const Block> Engine::Impl::recent(const BlockHash& hash) const {
    for (const auto& [known, block] : recent_blocks) {
        if (known == hash) return block;
    }
    return nullptr;
}

// What we have judged ourselves: nobody gets a block from us that we would not build on.
bool Engine::Impl::may_serve(const KnownBlock& block) const {
    if (!block.has_block || block.failed) return false;
    return block.active || (block.checked && block.time >= needs.clock.unix_time() - kStaleLimit);
}

void Engine::Impl::on_getheaders(Peer& peer, const wire::Locator& locator) {
    std::vector<KnownBlock> blocks;
    if (locator.have.empty()) {
        // Only the one named.
        const auto block = needs.chain.find(locator.stop);
        // A header that only its sender and we know would tell who we are.
        if (!block || !may_serve(*block)) return;
        blocks.push_back(*block);
    } else {
        blocks = needs.chain.after(locator.have, locator.stop, wire::kMaxHeaders);
    }
    if (blocks.empty()) {
        // It has our tip: then it is known to be there, and the answer is an empty list.
        peer.best_sent = needs.chain.tip().hash;
        return send(peer, wire::Headers{});
    }
    std::vector<BlockHash> hashes;
    for (const KnownBlock& block : blocks) hashes.push_back(block.hash);
    ++peer.disk_reads;
    needs.chain.read_headers(hashes, [this, ticket = begin_work(peer),
                                      hashes](const std::vector<std::shared_ptr<const BlockHeader>>& headers) {
        Peer* to = find(ticket.peer);
        if (to == nullptr) return;
        --to->disk_reads;
        wire::Headers message;
        size_t bytes = 0;
        for (size_t i = 0; i < headers.size() && headers[i] != nullptr; ++i) {
            SizeWriter size;
            describe(size, *headers[i]);
            bytes += size.size() + 1;
            if (bytes > kMaxHeaderBytes) break;
            message.headers.push_back(*headers[i]);
            to->best_sent = hashes[i];
        }
        send(*to, message);
        hold_back(*to);
        end_work(ticket);
    });
}

void Engine::Impl::on_getblocks(Peer& peer, const wire::Locator& locator) {
    wire::Inv message;
    for (const KnownBlock& block : needs.chain.after(locator.have, locator.stop, kMaxBlocksListed)) {
        if (block.hash == locator.stop) break;
        message.items.push_back(wire::inv_item(wire::InvType::kBlock, block.hash.view()));
    }
    if (message.items.size() == kMaxBlocksListed) peer.continue_at = BlockHash::from(message.items.back().hash);
    if (!message.items.empty()) send(peer, message);
}

void Engine::Impl::on_getdata(Peer& peer, const std::vector<wire::InvItem>& items) {
    if (peer.wanted.size() + items.size() > 2 * wire::kMaxInventory) return drop(peer, "asks for too much at once");
    if (!items.empty()) {
        log_debug("net", "received getdata for: {} {} peer={}",
                  items.front().is(wire::InvType::kWtx) ? "wtx"
                  : items.front().is_tx()               ? "tx"
                                                        : "block",
                  to_display(items.front().hash), peer.info.id);
    }
    const Ticket ticket = begin_work(peer);
    for (const wire::InvItem& item : items) {
        share_work(ticket);
        peer.wanted.push_back({item, ticket.number});
    }
    serve(peer);
    end_work(ticket);
}

void Engine::Impl::serve(Peer& peer) {
    wire::NotFound missing;
    std::vector<uint64_t> done;  // tickets
    while (!peer.wanted.empty() && !peer.is_reading_disk && !peer.leaving && !needs.transport.send_full(peer.info.id)) {
        const wire::InvItem item = peer.wanted.front().item;
        if (item.is_block()) {
            if (!serve_block_item(peer, item)) break;
        } else if (item.is_tx()) {
            if (const TxRef tx = relayable(peer, item)) {
                const WitnessForm form = item.is(wire::InvType::kTx) ? WitnessForm::kWithout : WitnessForm::kWith;
                peer.known_txs.insert(Hash256::from(tx->wtxid));
                needs.transport.send(peer.info.id, wire::Tx::kCommand, encode_tx(tx->tx, form));
            } else {
                missing.items.push_back(item);
            }
        }
        done.push_back(peer.wanted.front().ticket);
        peer.wanted.pop_front();
    }
    if (!missing.items.empty()) send(peer, missing);
    for (const uint64_t ticket : done) end_work({peer.info.id, ticket});
}

bool Engine::Impl::serve_block_item(Peer& peer, const wire::InvItem& item) {
    const BlockHash hash = BlockHash::from(item.hash);
    const auto known = needs.chain.find(hash);
    if (!known || !may_serve(*known)) return true;
    if (const auto block = recent(hash)) {
        serve_block(peer, item, *block);
        return true;
    }
    peer.is_reading_disk = true;
    needs.chain.read_block(hash, [this, id = peer.info.id, item](const std::shared_ptr<const Block>& block) {
        Peer* to = find(id);
        if (to == nullptr) return;
        to->is_reading_disk = false;
        const Ticket ticket{id, to->wanted.front().ticket};
        to->wanted.pop_front();
        if (block != nullptr) serve_block(*to, item, *block);
        end_work(ticket);
        serve(*to);
        hold_back(*to);
    });
    return false;
}

void Engine::Impl::serve_block(Peer& peer, const wire::InvItem& item, const Block& block) {
    const BlockHash hash = BlockHash::from(item.hash);
    const uint32_t tip_height = needs.chain.tip().height;
    const bool deep = block.header.height + kMaxCompactDepth < tip_height;
    if (item.is(wire::InvType::kBlock)) {
        needs.transport.send(peer.info.id, wire::BlockMessage::kCommand, block_without_witness(block));
    } else if (item.is(wire::InvType::kCompactBlock) && !deep) {
        send(peer, wire::make_compact(block, needs.random(UINT64_MAX)));
    } else if (!item.is(wire::InvType::kFilteredBlock)) {
        needs.transport.send(peer.info.id, wire::BlockMessage::kCommand, encode_block(block));
    }
    if (peer.continue_at == hash) {
        // The end of a getblocks list: the tip makes it ask for the next one.
        peer.continue_at.reset();
        send(peer, wire::Inv{{wire::inv_item(wire::InvType::kBlock, needs.chain.tip().hash.view())}});
    }
}

// Tells a peer of new blocks the way it prefers: as a compact block, as headers, or by the id of the last.
void Engine::Impl::announce_blocks(Peer& peer, const std::vector<std::shared_ptr<const Block>>& blocks,
                                   const std::vector<BlockHash>& hashes) {
    if (!can_serve_blocks(peer) && peer.info.kind == net::ConnectionKind::kAddrFetch) return;
    resolve_unknown(peer);
    size_t first = 0;
    while (first < hashes.size() && peer_has(peer, hashes[first])) ++first;
    if (first == hashes.size()) return;
    const size_t count = hashes.size() - first;
    const bool connects = peer_has(peer, blocks[first]->header.prev);
    if (connects && count == 1 && peer.compact_announce_to) {
        send(peer, wire::make_compact(*blocks[first], needs.random(UINT64_MAX)));
    } else if (connects && count <= kMaxAnnounced && peer.prefers_headers) {
        wire::Headers message;
        for (size_t i = first; i < blocks.size(); ++i) message.headers.push_back(blocks[i]->header);
        send(peer, message);
    } else {
        return send(peer, wire::Inv{{wire::inv_item(wire::InvType::kBlock, hashes.back().view())}});
    }
    peer.best_sent = hashes.back();
}

}  // namespace sluice::sync
