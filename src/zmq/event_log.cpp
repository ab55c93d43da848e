#include "zmq/event_log.h"

#include <algorithm>

#include "codec/reader.h"
#include "codec/writer.h"

namespace sluice::zmq {
namespace {

constexpr uint8_t kMessage = 'm';
constexpr uint8_t kNote = 'n';

Bytes prefix_of(const std::string& topic) {
    ByteWriter out;
    out.u8(kMessage);
    out.raw(as_bytes(topic));
    out.u8(0);
    return out.release();
}

Bytes key_of(const std::string& topic, uint64_t sequence) {
    ByteWriter out;
    out.raw(prefix_of(topic));
    out.u64_be(sequence);
    return out.release();
}

Bytes note_key(const std::string& name) {
    ByteWriter out;
    out.u8(kNote);
    out.raw(as_bytes(name));
    return out.release();
}

}  // namespace

Result<EventLog> EventLog::open(std::unique_ptr<storage::Db> db, EventLogLimits limits) {
    EventLog log(std::move(db), limits);
    bool damaged = false;
    const uint8_t all[] = {kMessage};
    TRY_VOID(storage::for_each_prefix(*log.db_, all, [&](ByteView key, ByteView value) {
        const auto end = std::ranges::find(key, uint8_t{0});
        Reader number(key.subspan(static_cast<size_t>(std::distance(key.begin(), end)) + (end == key.end() ? 0 : 1)));
        const uint64_t sequence = number.u64_be();
        Topic& topic = log.topics_[std::string(
            as_text(key.first(static_cast<size_t>(std::distance(key.begin(), end)))).substr(1))];
        damaged = !number.finish() || (!topic.sizes.empty() && sequence != topic.next);
        topic.next = sequence + 1;
        topic.bytes += value.size();
        topic.sizes.push_back(value.size());
        return !damaged;
    }));
    if (damaged)
        return fail("the event log is damaged; remove the folder \"zmq\" to start a new one (its numbers begin anew)");
    return log;
}

Result<uint64_t> EventLog::append(const std::string& name, ByteView body) {
    Topic& topic = topics_[name];
    storage::Batch batch;
    batch.put(key_of(name, topic.next), body);
    size_t drop = 0;
    size_t bytes = topic.bytes + body.size();
    while (drop < topic.sizes.size() && (topic.sizes.size() + 1 - drop > limits_.count || bytes > limits_.bytes)) {
        bytes -= topic.sizes[drop];
        batch.erase(key_of(name, topic.next - topic.sizes.size() + drop));
        ++drop;
    }
    // Not synced: a killed process loses nothing, and after a power cut subscribers resynchronise anyway.
    TRY_VOID(db_->write(batch, storage::Sync::kBuffered));
    topic.sizes.erase(topic.sizes.begin(), topic.sizes.begin() + static_cast<std::ptrdiff_t>(drop));
    topic.sizes.push_back(body.size());
    topic.bytes = bytes;
    return topic.next++;
}

Result<std::vector<LoggedEvent>> EventLog::read(const std::string& topic, uint64_t from, size_t count) const {
    std::vector<LoggedEvent> out;
    const Bytes prefix = prefix_of(topic);
    const std::unique_ptr<storage::DbIterator> it = db_->iterate();
    for (it->seek(key_of(topic, from)); out.size() < count && it->valid() && storage::has_prefix(it->key(), prefix);
         it->next()) {
        Reader number(it->key().subspan(prefix.size()));
        out.push_back({number.u64_be(), to_bytes(it->value())});
    }
    TRY_VOID(it->status());
    return out;
}

uint64_t EventLog::next_sequence(const std::string& topic) const {
    const auto found = topics_.find(topic);
    return found == topics_.end() ? 0 : found->second.next;
}

Result<std::optional<Bytes>> EventLog::note(const std::string& name) const { return db_->get(note_key(name)); }

Status EventLog::set_note(const std::string& name, ByteView value) {
    storage::Batch batch;
    batch.put(note_key(name), value);
    return db_->write(batch, storage::Sync::kBuffered);
}

}  // namespace sluice::zmq
