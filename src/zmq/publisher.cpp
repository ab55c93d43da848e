#include "zmq/publisher.h"

#include <zmq.h>

#include <algorithm>
#include <map>

#include "chain/chain_reader.h"
#include "codec/writer.h"
#include "runtime/event_loop.h"
#include "util/log.h"

namespace sluice::zmq {
namespace {

constexpr const char* kFolder = "zmq";
constexpr const char* kTipNote = "tip";   // the last block that was announced
constexpr uint32_t kMostCaughtUp = 1000;  // blocks

struct CloseSocket {
    void operator()(void* socket) const {
        const int linger = 1000;  // milliseconds for what subscribers have not taken yet
        zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof(linger));
        zmq_close(socket);
    }
};
struct EndContext {
    void operator()(void* context) const { zmq_ctx_term(context); }
};
using Socket = std::unique_ptr<void, CloseSocket>;
using Context = std::unique_ptr<void, EndContext>;

Result<Socket> bind_socket(void* context, const Endpoint& endpoint) {
    const auto wrong = [&](const char* what) {
        return fail("-zmqpub" + endpoint.topic + "=" + endpoint.address + ": cannot " + what + ": " +
                    zmq_strerror(zmq_errno()));
    };
    Socket socket(zmq_socket(context, ZMQ_PUB));
    if (!socket) return wrong("make a socket");
    const int on = 1;
    zmq_setsockopt(socket.get(), ZMQ_SNDHWM, &endpoint.high_water, sizeof(endpoint.high_water));
    zmq_setsockopt(socket.get(), ZMQ_TCP_KEEPALIVE, &on, sizeof(on));
    if (endpoint.address.find('[') != std::string::npos) zmq_setsockopt(socket.get(), ZMQ_IPV6, &on, sizeof(on));
    std::string address = endpoint.address;
    if (address.starts_with("unix:")) address = "ipc://" + address.substr(5);
    if (zmq_bind(socket.get(), address.c_str()) != 0) return wrong("listen");
    return socket;
}

// Hashes are published as people see them: bytes reversed.
Bytes shown(ByteView id) {
    Bytes out = to_bytes(id);
    std::ranges::reverse(out);
    return out;
}

}  // namespace

const std::vector<std::string>& topics() {
    static const std::vector<std::string> all = {"hashblock", "hashtx", "rawblock", "rawtx",     "sequence",
                                                 "pegin",     "pegout", "reserves", "federation"};
    return all;
}

bool is_json_topic(std::string_view topic) {
    return topic == "pegin" || topic == "pegout" || topic == "reserves" || topic == "federation";
}

Result<PublisherOptions> PublisherOptions::from(const Options& options) {
    PublisherOptions out;
    for (const std::string& topic : topics()) {
        const int64_t high_water = TRY(options.get_int("zmqpub" + topic + "hwm", 1000));
        if (high_water < 0 || high_water > INT32_MAX) return fail("-zmqpub" + topic + "hwm is out of range");
        for (const std::string& address : options.get_all("zmqpub" + topic)) {
            out.endpoints.push_back({topic, address, static_cast<int>(high_water)});
        }
    }
    const int64_t keep = TRY(options.get_int("zmqreplay", 1000));
    if (keep < 1 || keep > 1'000'000) return fail("-zmqreplay must be between 1 and 1000000");
    out.log.count = static_cast<size_t>(keep);
    return out;
}

struct Publisher::Impl {
    Impl(PublisherOptions with, EventLog events, Context with_context)
        : options(std::move(with)), log(std::move(events)), context(std::move(with_context)) {}

    // All on the notify thread from here on.
    void send(const std::string& topic, ByteView body);
    void block_announced(const Block& block, const BlockHash& hash);
    void block_changed(const Block& block, const BlockHash& hash, bool connected);
    void tip_rests(const chain::ChainTip& tip);
    void handle(const chain::ChainEvent& event);
    void handle(const mempool::PoolEvent& event);
    [[nodiscard]] bool wants(std::string_view topic) const {
        return std::ranges::any_of(options.endpoints, [&](const Endpoint& at) { return at.topic == topic; });
    }

    const PublisherOptions options;
    EventLog log;
    Context context;
    std::map<std::string, Socket> sockets;  // by address: topics may share one
    // Connected since the chain last rested; announced together when it does.
    std::vector<std::pair<std::shared_ptr<const Block>, BlockHash>> connected;
    runtime::EventLoop loop{"notify"};
};

void Publisher::Impl::send(const std::string& topic, ByteView body) {
    if (!wants(topic)) return;
    const Result<uint64_t> sequence = log.append(topic, body);
    if (!sequence) {
        log_error("zmq", "an event of {} is lost: {}", topic, sequence.error().message);
        return;
    }
    ByteWriter number;
    number.u32(static_cast<uint32_t>(*sequence));
    for (const Endpoint& endpoint : options.endpoints) {
        if (endpoint.topic != topic) continue;
        void* socket = sockets.at(endpoint.address).get();
        // A PUB socket never blocks: what a slow subscriber cannot take is dropped, and it sees the gap in the numbers.
        const bool sent = zmq_send(socket, topic.data(), topic.size(), ZMQ_SNDMORE) >= 0 &&
                          zmq_send(socket, body.data(), body.size(), ZMQ_SNDMORE) >= 0 &&
                          zmq_send(socket, number.bytes().data(), number.bytes().size(), 0) >= 0;
        if (!sent)
            log_warning("zmq", "cannot publish {} at {}: {}", topic, endpoint.address, zmq_strerror(zmq_errno()));
    }
}

void Publisher::Impl::block_announced(const Block& block, const BlockHash& hash) {
    send("hashblock", shown(hash.view()));
    if (wants("rawblock")) send("rawblock", encode_block(block));
}

void Publisher::Impl::block_changed(const Block& block, const BlockHash& hash, bool is_connected) {
    for (const TxRef& tx : block.transactions) {
        send("hashtx", shown(tx->txid.view()));
        if (wants("rawtx")) send("rawtx", encode_tx(tx->tx));
    }
    Bytes body = shown(hash.view());
    body.push_back(is_connected ? 'C' : 'D');
    send("sequence", body);
}

void Publisher::Impl::tip_rests(const chain::ChainTip& tip) {
    // Nobody wants a message for each block of history while the node catches up.
    if (!tip.initial_download) {
        for (const auto& [block, hash] : connected) block_announced(*block, hash);
    }
    connected.clear();
    if (const Status noted = log.set_note(kTipNote, tip.hash.view()); !noted)
        log_error("zmq", "{}", noted.error().message);
}

void Publisher::Impl::handle(const chain::ChainEvent& event) {
    if (const auto* block = std::get_if<chain::BlockConnected>(&event)) {
        block_changed(*block->block, block->info.hash, true);
        connected.emplace_back(block->block, block->info.hash);
    } else if (const auto* undone = std::get_if<chain::BlockDisconnected>(&event)) {
        block_changed(*undone->block, undone->info.hash, false);
        std::erase_if(connected, [&](const auto& entry) { return entry.second == undone->info.hash; });
    } else if (const auto* tip = std::get_if<chain::TipChanged>(&event)) {
        tip_rests(tip->tip);
    }
}

void Publisher::Impl::handle(const mempool::PoolEvent& event) {
    if (event.added) {
        send("hashtx", shown(event.tx->txid.view()));
        if (wants("rawtx")) send("rawtx", encode_tx(event.tx->tx));
    } else if (event.reason == mempool::RemovalReason::kBlock) {
        return;  // its block says so
    }
    ByteWriter body;
    body.raw(shown(event.tx->txid.view()));
    body.u8(event.added ? 'A' : 'R');
    body.u64(event.sequence);
    send("sequence", body.bytes());
}

Result<std::unique_ptr<Publisher>> Publisher::open(const PublisherOptions& options, storage::Disk& disk) {
    EventLog log = TRY(EventLog::open(TRY(disk.open_db(kFolder, {})), options.log));
    Context context(zmq_ctx_new());
    auto impl = std::make_unique<Impl>(options, std::move(log), std::move(context));
    impl->loop.start();
    // Sockets are made on the thread that uses them.
    const Result<Status> bound = impl->loop.call([&impl]() -> Status {
        for (const Endpoint& endpoint : impl->options.endpoints) {
            if (impl->sockets.contains(endpoint.address)) continue;
            impl->sockets.emplace(endpoint.address, TRY(bind_socket(impl->context.get(), endpoint)));
            log_info("zmq", "publishing at {}", endpoint.address);
        }
        return {};
    });
    std::unique_ptr<Publisher> publisher(new Publisher(std::move(impl)));
    if (!bound) return unexpected(bound.error());
    if (!*bound) return unexpected(bound->error());
    return publisher;
}

Publisher::Publisher(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Publisher::~Publisher() {
    impl_->loop.call([this] { impl_->sockets.clear(); });
    impl_->loop.stop();
    impl_->sockets.clear();
}

void Publisher::catch_up(const chain::ChainReader& reader) {
    impl_->loop.call([&reader, impl = impl_.get()] {
        const auto note = impl->log.note(kTipNote);
        const chain::ChainTip tip = reader.tip();
        if (!note || !*note || (*note)->size() != BlockHash::kSize) return;
        const BlockHash announced = BlockHash::from_view(**note);
        const auto fork = reader.active_fork(announced);
        if (announced == tip.hash || !fork) return;
        for (auto at = reader.find(announced); at && at->hash != fork->hash; at = reader.find(at->prev)) {
            if (const auto block = reader.block(at->hash)) impl->block_changed(**block, at->hash, false);
        }
        const uint32_t first = tip.height - std::min(tip.height - fork->height, kMostCaughtUp) + 1;
        for (uint32_t height = first; height <= tip.height; ++height) {
            const auto info = reader.at_height(height);
            const auto block = info ? reader.block(info->hash) : fail("unknown");
            if (!block) continue;
            impl->block_changed(**block, info->hash, true);
            impl->block_announced(**block, info->hash);
        }
        if (const Status noted = impl->log.set_note(kTipNote, tip.hash.view()); !noted)
            log_error("zmq", "{}", noted.error().message);
    });
}

void Publisher::on_chain_event(const chain::ChainEvent& event) {
    if (std::holds_alternative<chain::HeaderAccepted>(event)) return;
    impl_->loop.post([impl = impl_.get(), event] { impl->handle(event); });
}

void Publisher::on_pool_event(const mempool::PoolEvent& event) {
    impl_->loop.post([impl = impl_.get(), event] { impl->handle(event); });
}

void Publisher::publish(const std::string& topic, const std::string& json) {
    if (!impl_->wants(topic)) return;
    impl_->loop.post([impl = impl_.get(), topic, json] { impl->send(topic, as_bytes(json)); });
}

const std::vector<Endpoint>& Publisher::endpoints() const { return impl_->options.endpoints; }
bool Publisher::publishes(std::string_view topic) const { return impl_->wants(topic); }

Result<std::vector<LoggedEvent>> Publisher::replay(const std::string& topic, uint64_t from, size_t count) {
    if (!impl_->wants(topic)) return fail("topic \"" + topic + "\" is not published (-zmqpub" + topic + ")");
    using Events = Result<std::vector<LoggedEvent>>;
    const Result<Events> answer =
        impl_->loop.call([impl = impl_.get(), topic, from, count] { return impl->log.read(topic, from, count); });
    if (!answer) return unexpected(answer.error());
    return *answer;
}

}  // namespace sluice::zmq
