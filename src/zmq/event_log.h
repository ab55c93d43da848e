// EventLog: the last messages of each topic, numbered without gaps, on disk. A message gets its number here before it
// is sent, so that numbers go on after a restart and a subscriber can ask for what it missed. Bounded by count and
// bytes for each topic; the last message always stays. One thread. Keys: topic, 0, sequence (8 bytes, big-endian);
// value: body.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "storage/db.h"

namespace sluice::zmq {

struct LoggedEvent {
    uint64_t sequence = 0;
    Bytes body;
};

struct EventLogLimits {
    size_t count = 1000;
    size_t bytes = 64u << 20;
};

class EventLog {
public:
    // Reads what is there; the error names the damage.
    static Result<EventLog> open(std::unique_ptr<storage::Db> db, EventLogLimits limits);

    // Numbers and stores the message; 0 is the first number of a topic.
    Result<uint64_t> append(const std::string& topic, ByteView body);
    // From `from` on, oldest first, at most `count`; those that are gone are left out.
    [[nodiscard]] Result<std::vector<LoggedEvent>> read(const std::string& topic, uint64_t from, size_t count) const;
    [[nodiscard]] uint64_t next_sequence(const std::string& topic) const;

    // A note of the owner's, kept beside the messages.
    [[nodiscard]] Result<std::optional<Bytes>> note(const std::string& name) const;
    [[nodiscard]] Status set_note(const std::string& name, ByteView value);

private:
    struct Topic {
        uint64_t next = 0;
        size_t bytes = 0;
        std::deque<size_t> sizes;  // of the stored messages, oldest first
    };
    EventLog(std::unique_ptr<storage::Db> db, EventLogLimits limits) : db_(std::move(db)), limits_(limits) {}

    std::unique_ptr<storage::Db> db_;
    EventLogLimits limits_;
    std::map<std::string, Topic> topics_;
};

}  // namespace sluice::zmq
