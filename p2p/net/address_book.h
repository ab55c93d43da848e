// AddressBook: addresses of peers that we heard of (fresh) or talked to (proven), in buckets chosen by a secret key and
// by the network neighbourhoods of address and source, so that an attacker with few neighbourhoods can fill few places
// (the countermeasures of Heilman et al., "Eclipse Attacks on Bitcoin's Peer-to-Peer Network", 2015). Bounded. One
// thread; time and randomness are handed in.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "p2p/wire/address.h"
#include "util/bytes.h"

namespace sluice::net {

// Gives a number below its argument (which is above 0).
using RandomBelow = std::function<uint64_t(uint64_t)>;

// Where an address stands in the tables.
struct AddressSlot {
    wire::PeerAddress peer;
    wire::NetAddress source;
    bool proven = false;
    size_t bucket = 0;
    size_t position = 0;
};

class AddressBook {
public:
    struct Key {
        uint64_t k0 = 0;
        uint64_t k1 = 0;
    };
    AddressBook(Key key, RandomBelow random);

    // Remembers routable addresses that `source` told us of. Times in the future or more than 10 minutes ahead are cut;
    // `penalty` seconds are taken off what the source claims. Returns how many were new.
    size_t add(const std::vector<wire::PeerAddress>& addresses, const wire::NetAddress& source, int64_t now,
               int64_t penalty);
    void attempted(const wire::NetAddress& address, int64_t now);
    // A handshake with it succeeded.
    void proven(const wire::NetAddress& address, uint64_t services, int64_t now);
    // It is connected: its age starts again when it goes.
    void seen(const wire::NetAddress& address, int64_t now);

    // One to try next; `acceptable` filters. nullopt if none was found in a bounded number of draws.
    [[nodiscard]] std::optional<wire::PeerAddress> pick(int64_t now,
                                                        const std::function<bool(const wire::PeerAddress&)>& acceptable,
                                                        bool fresh_only = false) const;
    // A random part of what is alive, for getaddr: at most `most` and at most `percent` of all (0: no such bound).
    [[nodiscard]] std::vector<wire::PeerAddress> sample(size_t most, size_t percent, int64_t now) const;

    [[nodiscard]] size_t size() const { return entries_.size(); }
    [[nodiscard]] std::vector<AddressSlot> slots() const;
    [[nodiscard]] size_t proven_count() const { return proven_count_; }

    [[nodiscard]] Bytes save() const;
    // nullptr if the bytes are damaged.
    static std::unique_ptr<AddressBook> load(ByteView bytes, RandomBelow random);

private:
    struct Entry {
        wire::PeerAddress peer;
        wire::NetAddress source;
        int64_t last_attempt = 0;
        int64_t last_success = 0;
        uint32_t failures = 0;  // since the last success
        bool proven = false;
    };
    using Slots = std::vector<Entry*>;

    [[nodiscard]] uint64_t hash(uint8_t purpose, ByteView a, ByteView b, uint64_t salt) const;
    [[nodiscard]] size_t fresh_slot(const wire::NetAddress& address, const wire::NetAddress& source) const;
    [[nodiscard]] size_t proven_slot(const wire::NetAddress& address) const;
    [[nodiscard]] static bool is_hopeless(const Entry& entry, int64_t now);
    [[nodiscard]] static uint64_t weight(const Entry& entry, int64_t now);
    bool place_fresh(Entry& entry, int64_t now);
    void forget(Entry& entry);

    Key key_;
    RandomBelow random_;
    std::map<wire::NetAddress, Entry> entries_;  // nodes stay where they are: slots point at them
    Slots fresh_;
    Slots proven_;
    size_t proven_count_ = 0;
};

}  // namespace sluice::net
