#include "p2p/net/address_book.h"

#include <algorithm>

#include "codec/describe.h"
#include "crypto/hash.h"

namespace sluice::net {
namespace {

constexpr size_t kBucketSize = 64;
constexpr size_t kFreshBuckets = 1024;
constexpr size_t kProvenBuckets = 256;
constexpr uint64_t kFreshBucketsPerSource = 64;  // that one source neighbourhood can reach
constexpr uint64_t kProvenBucketsPerGroup = 8;
constexpr int64_t kHorizon = 30 * 24 * 3600;  // older than this is dead
constexpr int64_t kRecentFailure = 60;        // do not judge an address that was tried this recently
constexpr uint32_t kMaxRetries = 3;           // of an address that never answered
constexpr uint32_t kMaxFailures = 10;         // of one that has not answered for a week
constexpr int64_t kWeek = 7 * 24 * 3600;
constexpr uint64_t kFullWeight = 1 << 16;
constexpr uint32_t kFormat = 1;

}  // namespace

AddressBook::AddressBook(Key key, RandomBelow random)
    : key_(key),
      random_(std::move(random)),
      fresh_(kFreshBuckets * kBucketSize),
      proven_(kProvenBuckets * kBucketSize) {}

uint64_t AddressBook::hash(uint8_t purpose, ByteView a, ByteView b, uint64_t salt) const {
    ByteWriter writer;
    writer.u8(purpose);
    writer.var_bytes(a);
    writer.var_bytes(b);
    writer.u64(salt);
    return siphash24(key_.k0, key_.k1, writer.bytes());
}

size_t AddressBook::fresh_slot(const wire::NetAddress& address, const wire::NetAddress& source) const {
    const Bytes from = source.group();
    const uint64_t lane = hash(1, address.group(), from, 0) % kFreshBucketsPerSource;
    const uint64_t bucket = hash(2, from, {}, lane) % kFreshBuckets;
    ByteWriter name;
    wire::describe_bip155(name, address);
    return bucket * kBucketSize + hash(3, name.bytes(), {}, bucket) % kBucketSize;
}

size_t AddressBook::proven_slot(const wire::NetAddress& address) const {
    ByteWriter name;
    wire::describe_bip155(name, address);
    const uint64_t lane = hash(4, name.bytes(), {}, 0) % kProvenBucketsPerGroup;
    const uint64_t bucket = hash(5, address.group(), {}, lane) % kProvenBuckets;
    return bucket * kBucketSize + hash(6, name.bytes(), {}, bucket) % kBucketSize;
}

bool AddressBook::is_hopeless(const Entry& entry, int64_t now) {
    if (now - entry.last_attempt < kRecentFailure) return false;
    if (entry.peer.time > now + 600) return true;
    if (now - entry.peer.time > kHorizon) return true;
    if (entry.last_success == 0) return entry.failures >= kMaxRetries;
    return now - entry.last_success > kWeek && entry.failures >= kMaxFailures;
}

uint64_t AddressBook::weight(const Entry& entry, int64_t now) {
    uint64_t out = kFullWeight;
    if (now - entry.last_attempt < 600) out /= 100;
    for (uint32_t i = 0; i < std::min(entry.failures, 8u); ++i) out = out * 2 / 3;
    return std::max<uint64_t>(out, 1);
}

// Puts the entry at its place among the fresh ones; whoever holds the place yields only when hopeless.
bool AddressBook::place_fresh(Entry& entry, int64_t now) {
    Entry*& slot = fresh_[fresh_slot(entry.peer.address, entry.source)];
    if (slot != nullptr && slot != &entry) {
        if (!is_hopeless(*slot, now)) return false;
        Entry* old = slot;
        slot = nullptr;
        entries_.erase(old->peer.address);
    }
    slot = &entry;
    entry.proven = false;
    return true;
}

void AddressBook::forget(Entry& entry) {
    const wire::NetAddress address = entry.peer.address;
    entries_.erase(address);
}

size_t AddressBook::add(const std::vector<wire::PeerAddress>& addresses, const wire::NetAddress& source, int64_t now,
                        int64_t penalty) {
    size_t added = 0;
    for (const wire::PeerAddress& peer : addresses) {
        if (!peer.address.is_routable()) continue;
        int64_t time = peer.time;
        if (time <= 100'000'000 || time > now + 600) time = now - 5 * 24 * 3600;
        time = std::max<int64_t>(0, time - (peer.address.same_host(source) ? 0 : penalty));
        const auto at = entries_.find(peer.address);
        if (at != entries_.end()) {
            // An update once an hour for live ones and once a day for others is enough.
            Entry& known = at->second;
            const int64_t step = now - time < 24 * 3600 ? 3600 : 24 * 3600;
            if (time > known.peer.time + step) known.peer.time = static_cast<uint32_t>(time);
            known.peer.services |= peer.services;
            continue;
        }
        Entry& entry = entries_[peer.address];
        entry.peer = peer;
        entry.peer.time = static_cast<uint32_t>(time);
        entry.source = source;
        if (place_fresh(entry, now)) {
            ++added;
        } else {
            forget(entry);
        }
    }
    return added;
}

void AddressBook::attempted(const wire::NetAddress& address, int64_t now) {
    const auto at = entries_.find(address);
    if (at == entries_.end()) return;
    at->second.last_attempt = now;
    ++at->second.failures;
}

void AddressBook::seen(const wire::NetAddress& address, int64_t now) {
    const auto at = entries_.find(address);
    if (at != entries_.end() && now - at->second.peer.time > 20 * 60) at->second.peer.time = static_cast<uint32_t>(now);
}

void AddressBook::proven(const wire::NetAddress& address, uint64_t services, int64_t now) {
    if (!address.is_routable()) return;
    auto at = entries_.find(address);
    if (at == entries_.end()) {
        wire::PeerAddress peer{static_cast<uint32_t>(now), services, address};
        if (add({peer}, address, now, 0) == 0) return;
        at = entries_.find(address);
    }
    Entry& entry = at->second;
    entry.last_success = entry.last_attempt = now;
    entry.failures = 0;
    entry.peer.services = services;
    if (entry.proven) return;
    Entry*& slot = proven_[proven_slot(address)];
    if (slot != nullptr) {
        // The holder stays while it has answered within a week; else it goes back to the fresh ones, or is forgotten.
        if (now - slot->last_success < kWeek) return;
        Entry* old = slot;
        slot = nullptr;
        --proven_count_;
        if (!place_fresh(*old, now)) forget(*old);
    }
    Entry*& fresh = fresh_[fresh_slot(address, entry.source)];
    if (fresh == &entry) fresh = nullptr;
    slot = &entry;
    entry.proven = true;
    ++proven_count_;
}

std::optional<wire::PeerAddress> AddressBook::pick(int64_t now,
                                                   const std::function<bool(const wire::PeerAddress&)>& acceptable,
                                                   bool fresh_only) const {
    const size_t fresh_count = entries_.size() - proven_count_;
    if (entries_.empty() || (fresh_only && fresh_count == 0)) return std::nullopt;
    // Sparse tables would need many draws: then walk from a random slot instead.
    for (int draw = 0; draw < 100; ++draw) {
        const bool from_proven = !fresh_only && proven_count_ > 0 && (fresh_count == 0 || random_(2) == 0);
        const Slots& slots = from_proven ? proven_ : fresh_;
        size_t at = random_(slots.size());
        size_t steps = 0;
        while (slots[at] == nullptr && steps++ < slots.size()) at = (at + 1) % slots.size();
        const Entry* entry = slots[at];
        if (entry == nullptr || is_hopeless(*entry, now) || !acceptable(entry->peer)) continue;
        if (random_(kFullWeight) < weight(*entry, now) << std::min(draw / 10, 8)) return entry->peer;
    }
    return std::nullopt;
}

std::vector<wire::PeerAddress> AddressBook::sample(size_t most, size_t percent, int64_t now) const {
    std::vector<const Entry*> alive;
    for (const auto& [address, entry] : entries_) {
        if (!is_hopeless(entry, now)) alive.push_back(&entry);
    }
    size_t count = std::min(most, alive.size());
    if (percent > 0) count = std::min(count, (entries_.size() * percent + 99) / 100);
    std::vector<wire::PeerAddress> out;
    for (size_t i = 0; i < count; ++i) {
        std::swap(alive[i], alive[i + random_(alive.size() - i)]);
        out.push_back(alive[i]->peer);
    }
    return out;
}

std::vector<AddressSlot> AddressBook::slots() const {
    std::vector<AddressSlot> out;
    for (const Slots* table : {&fresh_, &proven_}) {
        for (size_t i = 0; i < table->size(); ++i) {
            const Entry* entry = (*table)[i];
            if (entry != nullptr)
                out.push_back({entry->peer, entry->source, table == &proven_, i / kBucketSize, i % kBucketSize});
        }
    }
    return out;
}

Bytes AddressBook::save() const {
    ByteWriter w;
    w.u32(kFormat);
    w.u64(key_.k0);
    w.u64(key_.k1);
    w.compact_size(entries_.size());
    for (const auto& [address, entry] : entries_) {
        w.u32(entry.peer.time);
        w.u64(entry.peer.services);
        wire::describe_bip155(w, entry.peer.address);
        wire::describe_bip155(w, entry.source);
        w.i64(entry.last_attempt);
        w.i64(entry.last_success);
        w.u32(entry.failures);
        w.u8(entry.proven ? 1 : 0);
    }
    return w.release();
}

std::unique_ptr<AddressBook> AddressBook::load(ByteView bytes, RandomBelow random) {
    Reader r(bytes);
    if (r.u32() != kFormat) return nullptr;
    Key key;
    key.k0 = r.u64();
    key.k1 = r.u64();
    auto book = std::make_unique<AddressBook>(key, std::move(random));
    const size_t count = r.count(40);
    for (size_t i = 0; i < count && r.ok(); ++i) {
        Entry read;
        read.peer.time = r.u32();
        read.peer.services = r.u64();
        wire::describe_bip155(r, read.peer.address);
        wire::describe_bip155(r, read.source);
        read.last_attempt = r.i64();
        read.last_success = r.i64();
        read.failures = r.u32();
        const bool proven = r.u8() != 0;
        if (!r.ok() || !read.peer.address.is_routable() || book->entries_.contains(read.peer.address)) continue;
        Entry& entry = book->entries_[read.peer.address] = read;
        Entry*& slot = proven ? book->proven_[book->proven_slot(entry.peer.address)]
                              : book->fresh_[book->fresh_slot(entry.peer.address, entry.source)];
        if (slot != nullptr) {
            book->entries_.erase(read.peer.address);
            continue;
        }
        slot = &entry;
        entry.proven = proven;
        if (proven) ++book->proven_count_;
    }
    return r.finish() ? std::move(book) : nullptr;
}

}  // namespace sluice::net
