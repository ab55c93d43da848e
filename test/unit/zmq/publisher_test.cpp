#include "zmq/publisher.h"

#include <unistd.h>
#include <zmq.h>

#include <boost/test/unit_test.hpp>

#include "storage/memory_disk.h"

using namespace sluice;
using namespace sluice::zmq;

namespace {

struct Subscriber {
    explicit Subscriber(const std::string& address) : context(zmq_ctx_new()), socket(zmq_socket(context, ZMQ_SUB)) {
        const int wait = 10'000;
        zmq_setsockopt(socket, ZMQ_RCVTIMEO, &wait, sizeof(wait));
        zmq_setsockopt(socket, ZMQ_SUBSCRIBE, "", 0);
        BOOST_REQUIRE(zmq_connect(socket, address.c_str()) == 0);
    }
    ~Subscriber() {
        zmq_close(socket);
        zmq_ctx_term(context);
    }
    // "topic body sequence", the body in hex if it is not printable.
    std::vector<Bytes> receive() {
        std::vector<Bytes> out;
        int more = 1;
        while (more != 0) {
            zmq_msg_t part;
            zmq_msg_init(&part);
            if (zmq_msg_recv(&part, socket, 0) < 0) return {};
            const auto* data = static_cast<const uint8_t*>(zmq_msg_data(&part));
            out.emplace_back(data, data + zmq_msg_size(&part));
            more = zmq_msg_more(&part);
            zmq_msg_close(&part);
        }
        return out;
    }
    void* context;
    void* socket;
};

PublisherOptions options_at(const std::string& address) {
    Options options;
    for (const std::string& topic : topics()) options.add("zmqpub" + topic, address);
    return PublisherOptions::from(options).value();
}

std::string fresh_address() {
    static int count = 0;
    return "ipc:///tmp/sluice-zmq-test-" + std::to_string(getpid()) + "-" + std::to_string(++count);
}

std::shared_ptr<const Block> block_with_one_tx() {
    Transaction tx;
    tx.inputs.emplace_back();
    tx.outputs.push_back(TxOut{AssetId{}, Amount{1}, {}, {}, {}});
    auto block = std::make_shared<Block>();
    block->header.seal = BlockProof{};
    block->transactions.push_back(make_tx(tx));
    return block;
}

// Publishes until the subscriber, whose subscription takes a moment, hears something.
void join(Publisher& publisher, Subscriber& subscriber) {
    const int soon = 20;
    zmq_setsockopt(subscriber.socket, ZMQ_RCVTIMEO, &soon, sizeof(soon));
    for (int i = 0; i < 500; ++i) {
        publisher.publish("federation", "{}");
        if (!subscriber.receive().empty()) break;
    }
    while (!subscriber.receive().empty()) {}
    const int wait = 10'000;
    zmq_setsockopt(subscriber.socket, ZMQ_RCVTIMEO, &wait, sizeof(wait));
}

void expect(const std::vector<Bytes>& message, const std::string& topic, const Bytes& body, uint32_t sequence) {
    BOOST_REQUIRE_EQUAL(message.size(), 3u);
    BOOST_TEST(as_text(message[0]) == topic);
    BOOST_TEST(message[1] == body);
    const Bytes number = {static_cast<uint8_t>(sequence), static_cast<uint8_t>(sequence >> 8), 0, 0};
    BOOST_TEST(message[2] == number);
}

Bytes reversed(ByteView bytes) { return Bytes(bytes.rbegin(), bytes.rend()); }

}  // namespace

BOOST_AUTO_TEST_SUITE(publisher)

BOOST_AUTO_TEST_CASE(blocks_and_transactions_are_framed_as_core_does) {
    storage::MemoryDisk disk;
    const std::string address = fresh_address();
    auto publisher = Publisher::open(options_at(address), disk).value();
    Subscriber subscriber(address);
    join(*publisher, subscriber);

    const auto block = block_with_one_tx();
    const TxRef tx = block->transactions[0];
    const BlockHash hash = compute_hash(block->header);
    chain::BlockConnected connected;
    connected.info.hash = hash;
    connected.block = block;
    publisher->on_chain_event(connected);
    chain::TipChanged tip;
    tip.tip.hash = hash;
    tip.tip.initial_download = false;
    publisher->on_chain_event(tip);
    expect(subscriber.receive(), "hashtx", reversed(tx->txid.view()), 0);
    expect(subscriber.receive(), "rawtx", encode_tx(tx->tx), 0);
    Bytes sequence = reversed(hash.view());
    sequence.push_back('C');
    expect(subscriber.receive(), "sequence", sequence, 0);
    expect(subscriber.receive(), "hashblock", reversed(hash.view()), 0);
    expect(subscriber.receive(), "rawblock", encode_block(*block), 0);

    mempool::PoolEvent event;
    event.tx = tx;
    event.sequence = 5;
    publisher->on_pool_event(event);
    event.added = false;
    event.reason = mempool::RemovalReason::kBlock;
    publisher->on_pool_event(event);  // silent
    event.reason = mempool::RemovalReason::kExpired;
    event.sequence = 7;
    publisher->on_pool_event(event);
    expect(subscriber.receive(), "hashtx", reversed(tx->txid.view()), 1);
    expect(subscriber.receive(), "rawtx", encode_tx(tx->tx), 1);
    Bytes added = reversed(tx->txid.view());
    for (const int byte : std::initializer_list<int>{'A', 5, 0, 0, 0, 0, 0, 0, 0})
        added.push_back(static_cast<uint8_t>(byte));
    expect(subscriber.receive(), "sequence", added, 1);
    Bytes removed = reversed(tx->txid.view());
    for (const int byte : std::initializer_list<int>{'R', 7, 0, 0, 0, 0, 0, 0, 0})
        removed.push_back(static_cast<uint8_t>(byte));
    expect(subscriber.receive(), "sequence", removed, 2);

    publisher->publish("pegout", "{\"a\":1}");
    expect(subscriber.receive(), "pegout", to_bytes(as_bytes("{\"a\":1}")), 0);

    // While the node catches up, history is not announced as blocks.
    tip.tip.initial_download = true;
    publisher->on_chain_event(connected);
    publisher->on_chain_event(tip);
    BOOST_TEST(publisher->replay("sequence", 0, 100).value().size() == 4u);
    BOOST_TEST(publisher->replay("hashblock", 0, 100).value().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_restart_keeps_numbers_and_messages) {
    storage::MemoryDisk disk;
    const std::string address = fresh_address();
    Publisher::open(options_at(address), disk).value()->publish("reserves", "{\"n\":0}");
    auto publisher = Publisher::open(options_at(address), disk).value();
    publisher->publish("reserves", "{\"n\":1}");
    const auto events = publisher->replay("reserves", 0, 10).value();
    BOOST_REQUIRE_EQUAL(events.size(), 2u);
    BOOST_TEST(as_text(events[0].body) == "{\"n\":0}");
    BOOST_TEST(events[1].sequence == 1u);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_is_said) {
    storage::MemoryDisk disk;
    Options options;
    options.add("zmqpubrawtx", "tcp://nowhere:x");
    const auto failed = Publisher::open(PublisherOptions::from(options).value(), disk);
    BOOST_REQUIRE(!failed.has_value());
    BOOST_TEST(failed.error().message.starts_with("-zmqpubrawtx=tcp://nowhere:x: cannot listen: "));
    const std::string address = fresh_address();
    Options one;
    one.add("zmqpubhashtx", address);
    auto publisher = Publisher::open(PublisherOptions::from(one).value(), disk).value();
    BOOST_TEST(!publisher->replay("rawtx", 0, 1).has_value());
    BOOST_TEST(publisher->replay("hashtx", 0, 1).value().empty());
    options.add("zmqpubrawtxhwm", "x");
    BOOST_TEST(!PublisherOptions::from(options).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
