// Publisher: the node's events on ZeroMQ PUB sockets, framed as Core does: topic, body, sequence (4 bytes,
// little-endian, counted for each topic). Topics: hashblock hashtx rawblock rawtx sequence, and as JSON pegin pegout
// reserves federation.
//
// Its sockets and its log belong to a notify thread of its own. on_*() and publish() are called from any thread, return
// at once and never fail: an event that cannot be stored is logged and lost. After a crash a block may be announced
// twice. Source: Core's doc of its ZMQ interface.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "chain/chain_types.h"
#include "mempool/entry.h"
#include "storage/disk.h"
#include "util/options.h"
#include "zmq/event_log.h"

namespace sluice::chain {
class ChainReader;
}

namespace sluice::zmq {

struct Endpoint {
    std::string topic;    // "hashblock"
    std::string address;  // "tcp://127.0.0.1:28332"
    int high_water = 1000;
};

struct PublisherOptions {
    std::vector<Endpoint> endpoints;
    EventLogLimits log;
    // Reads -zmqpub<topic>, -zmqpub<topic>hwm and -zmqreplay.
    static Result<PublisherOptions> from(const Options& options);
};

const std::vector<std::string>& topics();
bool is_json_topic(std::string_view topic);

class Publisher {
public:
    // Binds the sockets and opens the log in the folder `zmq` of the disk. The error names address and reason.
    static Result<std::unique_ptr<Publisher>> open(const PublisherOptions& options, storage::Disk& disk);
    ~Publisher();  // sends what is queued

    // Before the chain starts: publishes the blocks that were connected before a crash but not announced any more.
    void catch_up(const chain::ChainReader& reader);

    void on_chain_event(const chain::ChainEvent& event);
    void on_pool_event(const mempool::PoolEvent& event);
    // For the JSON topics; a topic without endpoint is ignored.
    void publish(const std::string& topic, const std::string& json);

    [[nodiscard]] const std::vector<Endpoint>& endpoints() const;
    [[nodiscard]] bool publishes(std::string_view topic) const;
    // Messages from a sequence number on; any thread. An error: the topic is not published here, or the log failed.
    [[nodiscard]] Result<std::vector<LoggedEvent>> replay(const std::string& topic, uint64_t from, size_t count);

private:
    struct Impl;
    explicit Publisher(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::zmq
