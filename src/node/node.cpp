#include "node/node.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <thread>

#include "codec/hex.h"
#include "confidential/arithmetic.h"
#include "index/filter_index.h"
#include "index/tx_index.h"
#include "node/chain_service.h"
#include "node/member_service.h"
#include "node/notify_command.h"
#include "node/parent_service.h"
#include "node/peer_service.h"
#include "node/pool_file.h"
#include "node/stop_signal.h"
#include "node/version.h"
#include "node/wallet_set.h"
#include "rpc/chain_methods.h"
#include "rpc/control.h"
#include "rpc/dispatcher.h"
#include "rpc/explain.h"
#include "rpc/federation_methods.h"
#include "rpc/filter_methods.h"
#include "rpc/net_methods.h"
#include "rpc/pool_methods.h"
#include "rpc/pset_methods.h"
#include "rpc/rawtx.h"
#include "rpc/server.h"
#include "rpc/sign_methods.h"
#include "rpc/wallet_methods.h"
#include "rpc/zmq_methods.h"
#include "storage/dir_lock.h"
#include "storage/directory_disk.h"
#include "util/log.h"
#include "zmq/publisher.h"

namespace sluice::node {
namespace {

size_t worker_threads(const Options& options) {
    const int64_t asked = options.get_int("par", 0).value_or(0);
    const auto cores = static_cast<int64_t>(std::max(1U, std::thread::hardware_concurrency()));
    if (asked > 0) return static_cast<size_t>(std::min<int64_t>(asked, 64));
    return static_cast<size_t>(std::max<int64_t>(2, cores + std::min<int64_t>(asked, 0)));
}

Status start_log(const Config& config) {
    LogOptions log;
    const std::string file = config.options.get_or("debuglogfile", "debug.log");
    if (file != "0") {
        const std::filesystem::path path(file);
        log.file = path.is_absolute() ? path : config.chain_dir / path;
    }
    log.console = config.options.get_bool("printtoconsole", false);
    log.categories = config.options.get_all("debug");
    try {
        log_start(log);
    } catch (const std::exception& error) {
        return fail("Could not open debug log file " + log.file + ": " + error.what());
    }
    return {};
}

// Options of Elements that ask for what this program cannot do: silence would be a lie.
Status refuse_unavailable(const Options& options) {
    if (TRY(options.get_int("prune", 0)) != 0)
        return fail("-prune is not possible: this version keeps all block files");
    for (const char* name : {"reindex", "reindex-chainstate"}) {
        if (!options.get_bool(name, false)) continue;
        return fail("-" + std::string(name) +
                    " is not possible: move the folders chainstate and blocks away, and the node fetches " +
                    "the chain again");
    }
    return {};
}

// -blockfilterindex: a bool, or the kinds of filters, of which there is one.
Result<bool> wants_block_filters(const Options& options) {
    bool out = false;
    for (const std::string& value : options.get_all("blockfilterindex")) {
        if (value != "" && value != "0" && value != "1" && value != "basic")
            return fail("Unknown -blockfilterindex value " + value + ".");
        out = value != "0";
    }
    return out;
}

// -dbcache in MiB: half for coins, half for the database.
Result<chain::ChainStateOptions> state_options(const Options& options) {
    constexpr int64_t kDefault = 128;
    constexpr int64_t kLeast = 4;
    constexpr int64_t kMost = 16384;
    const int64_t mib = std::clamp(TRY(options.get_int("dbcache", kDefault)), kLeast, kMost);
    chain::ChainStateOptions out;
    out.coin_cache_bytes = static_cast<size_t>(mib) << 19;
    out.db_cache_bytes = static_cast<size_t>(mib) << 19;
    out.max_tip_age = TRY(options.get_int("maxtipage", out.max_tip_age));
    return out;
}

// All arithmetics give the same verdicts; -proofarithmetic is there to switch one off.
Status choose_arithmetic(const Options& options) {
    const std::string name = options.get_or("proofarithmetic", "");
    if (!name.empty() && !confidential::use_arithmetic(name))
        return fail("-proofarithmetic=" + name + " is not possible on this processor");
    const confidential::Arithmetic arithmetic = confidential::arithmetic();
    if (!arithmetic.failed_self_test.empty()) {
        log_warning("node", "the {} arithmetic fails its self-test on this processor and is not used",
                    arithmetic.failed_self_test);
    }
    log_info("node", "proofs are verified with the {} arithmetic", arithmetic.in_use);
    return {};
}

}  // namespace

// Members stand in the order in which they are made; each may use those above it. stop() ends them from the bottom up.
struct Node::Impl {
    explicit Impl(const Config& from) : config(from) {}
    ~Impl() { stop(); }

    Status start();
    Status start_events();
    Status write_pid();
    Status make_wallet_folder();
    // Reads the saved pool; it is saved again when the node stops.
    Status restore_pool();
    Status start_wallet(const rpc::ChainPorts& ports);
    void stop();
    // What an operator should know, for RPC; any thread.
    std::vector<std::string> warnings() const;

    Config config;
    ChainParams params;
    SystemClock clock;
    StopSignal stop_signal;
    std::optional<storage::DirLock> lock;
    std::unique_ptr<storage::DirectoryDisk> disk;
    std::unique_ptr<runtime::WorkerPool> workers;
    runtime::EventLoop http_loop{"http"};
    rpc::DispatcherPtr dispatcher;
    std::unique_ptr<ChainService> chain;
    std::filesystem::path pid_file;               // empty: not written
    std::filesystem::path pool_file;              // empty: the pool is not kept
    std::unique_ptr<index::TxIndex> tx_index;     // null: not asked for
    std::unique_ptr<index::FilterIndex> filters;  // the same
    std::unique_ptr<zmq::Publisher> events;       // null: nothing is published
    std::unique_ptr<ParentService> parent;
    std::unique_ptr<MemberService> member;
    runtime::EventLoop net_loop{"net"};
    std::unique_ptr<PeerService> peers;
    std::optional<rpc::AssetLabels> labels;
    std::unique_ptr<WalletSet> wallets;
    // Woken from the state thread, which runs before the wallets do and after them.
    std::atomic<WalletSet*> awake_wallets{nullptr};
    std::unique_ptr<rpc::RpcServer> rpc;
};

Status Node::Impl::start() {
    const Options& options = config.options;
    TRY_VOID(refuse_unavailable(options));
    params = TRY(make_chain_params(config.chain, options));
    lock = TRY(storage::DirLock::acquire(config.chain_dir, "Sluice"));
    TRY_VOID(start_log(config));
    log_info("node", "{}; chain {}; genesis {}; data in {}", kVersionLine, params.name, to_display(params.genesis_hash),
             config.chain_dir.string());
    for (const std::string& warning : config.warnings) log_warning("node", "{}", warning);
    TRY_VOID(choose_arithmetic(options));
    TRY_VOID(write_pid());
    TRY_VOID(make_wallet_folder());
    clock.set_mock_time(TRY(options.get_int("mocktime", 0)));
    disk = std::make_unique<storage::DirectoryDisk>(config.chain_dir);
    workers = std::make_unique<runtime::WorkerPool>(worker_threads(options));

    // RPC answers "warming up" from here on.
    const rpc::RpcServerOptions server = TRY(rpc::RpcServerOptions::from(options, params.network.rpc_port));
    dispatcher = rpc::make_dispatcher(options);
    rpc::set_warm_up(*dispatcher, "Loading block index…");

    chain::ChainStateOptions chain_options = TRY(state_options(options));
    chain_options.check_pegin_depth = options.get_bool("validatepegin", params.parent.exists);
    chain_options.check_blocks = static_cast<uint32_t>(std::max<int64_t>(0, TRY(options.get_int("checkblocks", 6))));
    const mempool::PolicyOptions policy = TRY(mempool::make_policy_options(options, params));
    chain = TRY(ChainService::open({*disk, params, clock, *workers}, chain_options, policy,
                                   [this](const std::string& what) { stop_signal.request_for_fault(what); }));

    if (options.get_bool("txindex", false)) {
        tx_index = TRY(index::TxIndex::open(*disk, chain->reader()));
        chain->add_listener([this](const chain::ChainEvent& event) {
            if (std::holds_alternative<chain::TipChanged>(event)) tx_index->wake();
        });
    }

    if (TRY(wants_block_filters(options))) {
        filters = TRY(index::FilterIndex::open(*disk, chain->reader()));
        chain->add_listener([this](const chain::ChainEvent& event) {
            if (std::holds_alternative<chain::TipChanged>(event)) filters->wake();
        });
    }

    rpc::ChainPorts ports;
    ports.params = &params;
    ports.chain = &chain->chain();
    ports.reader = &chain->reader();
    ports.state = &chain->loop();
    ports.clock = &clock;
    ports.stopping = &stop_signal.requested();
    ports.tx_index = tx_index.get();
    ports.filters = filters.get();
    ports.warnings = [this] { return warnings(); };
    rpc::add_control_methods(*dispatcher,
                             {[this] { stop_signal.request(); }, &clock, (config.chain_dir / "debug.log").string()});
    rpc::add_chain_read_methods(*dispatcher, ports);
    rpc::add_chain_info_methods(*dispatcher, ports);
    rpc::add_chain_stats_methods(*dispatcher, ports);
    rpc::add_chain_write_methods(*dispatcher, ports);
    // The pool's own listener announces what enters it.
    const rpc::PoolPorts pool_ports{&chain->pool(), &chain->tips(), nullptr,
                                    [this]() -> Result<std::string> {
                                        const std::filesystem::path file = config.chain_dir / "mempool.dat";
                                        TRY_VOID(save_pool(chain->pool(), file));
                                        return file.string();
                                    },
                                    TRY(assembly::make_block_policy(options, params))};
    rpc::add_rawtx_methods(*dispatcher, ports, rpc::pool_finder(ports, pool_ports), tx_index.get());
    labels = TRY(rpc::AssetLabels::from(options, params.pegged_asset));
    rpc::add_pset_methods(*dispatcher, {ports, &*labels, rpc::pool_finder(ports, pool_ports), tx_index.get()});
    rpc::add_pool_methods(*dispatcher, ports, pool_ports);
    rpc::add_mining_methods(*dispatcher, ports, pool_ports);
    rpc::add_explain_methods(*dispatcher, ports, pool_ports);
    rpc::add_sign_methods(*dispatcher, ports, pool_ports);
    rpc::add_filter_methods(*dispatcher, ports, pool_ports);

    TRY_VOID(start_events());

    if (options.get_bool("server", true)) {
        http_loop.start();
        rpc = std::make_unique<rpc::RpcServer>(http_loop, *dispatcher);
        TRY_VOID(rpc->start(server, options, config.chain_dir));
    }
    chain->add_listener([this](const chain::ChainEvent& event) {
        if (!std::holds_alternative<chain::TipChanged>(event)) return;
        if (WalletSet* followers = awake_wallets.load()) followers->wake();
    });
    chain->add_pool_listener([this](const mempool::PoolEvent& event) {
        if (!event.added) return;
        if (WalletSet* followers = awake_wallets.load()) followers->transaction_added(event.tx);
    });
    if (const std::string command = options.get_or("blocknotify", ""); !command.empty()) {
        chain->add_listener([command](const chain::ChainEvent& event) {
            const auto* changed = std::get_if<chain::TipChanged>(&event);
            if (changed != nullptr && !changed->tip.initial_download)
                run_notify_command(command, to_display(changed->tip.hash));
        });
    }
    // A proof-of-work parent only: there is no other that could be followed.
    if (chain_options.check_pegin_depth && params.parent.exists && params.parent.has_work()) {
        std::optional<uint32_t> scan_from;
        if (MemberService::wanted(options)) scan_from = TRY(MemberService::scan_from(config.data_dir, options));
        parent = TRY(ParentService::open(*disk, params, options, clock, scan_from));
        parent->feed(*chain);
        parent->chain().on_change([this](const auto&) {
            if (WalletSet* followers = awake_wallets.load()) followers->wake();
        });
    }
    if (MemberService::wanted(options)) {
        const MemberService::Needs needs{params,           clock,          config.data_dir,
                                         config.chain_dir, chain->chain(), chain->pool(),
                                         chain->tips(),    chain->loop(),  parent ? &parent->chain() : nullptr};
        member = TRY(MemberService::open(needs, options));
        if (events) {
            member->add_listener(
                [this](const std::string& topic, const std::string& json) { events->publish(topic, json); });
        }
        rpc::add_federation_methods(*dispatcher, {&member->member(), &member->loop()});
    } else {
        rpc::refuse_federation_methods(*dispatcher);
    }
    peers = TRY(PeerService::make({*chain, *workers, *disk, params, clock, net_loop, config.chain_dir}, options));
    const mempool::PolicyOptions& relay = chain->pool().policy();
    rpc::add_net_methods(*dispatcher, {&peers->connections(), &peers->engine(), &net_loop, &clock, params.mockable_time,
                                       kCompatibleVersion, Amount{relay.min_relay.sat_per_kvb},
                                       Amount{relay.incremental.sat_per_kvb}, ports.warnings});
    TRY_VOID(chain->start());
    if (tx_index) tx_index->start();
    if (filters) filters->start();
    if (options.get_bool("persistmempool", true)) TRY_VOID(restore_pool());
    if (parent) parent->start();
    if (!options.get_bool("disablewallet", false)) TRY_VOID(start_wallet(ports));
    net_loop.start();
    TRY_VOID(peers->start());
    if (member) TRY_VOID(member->start());
    log_info("node", "init message: Done loading");
    rpc::set_warm_up(*dispatcher, std::nullopt);
    if (const std::string command = options.get_or("startupnotify", ""); !command.empty())
        run_notify_command(command, {});
    log_info("node", "ready at height {}", chain->reader().tip().height);
    return {};
}

Status Node::Impl::write_pid() {
    const std::filesystem::path asked(config.options.get_or("pid", "sluiced.pid"));
    if (!config.options.get_bool("pid", true)) return {};
    pid_file = asked.is_absolute() ? asked : config.chain_dir / asked;
    std::ofstream file(pid_file, std::ios::trunc);
    file << ::getpid() << "\n";
    file.close();
    if (file) return {};
    return fail("Unable to create the PID file '" + std::exchange(pid_file, {}).string() + "'");
}

// It is there without a wallet too, as clients of Elements expect.
Status Node::Impl::make_wallet_folder() {
    const std::filesystem::path folder = TRY(WalletSet::folder_of(config.options, config.chain_dir));
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) return fail("Cannot create " + folder.string() + ": " + error.message());
    return {};
}

Status Node::Impl::restore_pool() {
    const std::filesystem::path file = config.chain_dir / "mempool.dat";
    const auto loaded = TRY(chain->loop().call([this, file] { return load_pool(chain->pool(), file); }));
    pool_file = file;
    if (loaded) {
        log_info("node", "mempool.dat: {} transactions are in the pool again, {} are not taken any more",
                 loaded->accepted, loaded->refused);
    } else {
        log_warning("node", "{}", loaded.error().message);
    }
    return {};
}

// Before the chain moves, so that no event is missed.
Status Node::Impl::start_events() {
    const zmq::PublisherOptions options = TRY(zmq::PublisherOptions::from(config.options));
    rpc::ZmqPorts ports;
    if (!options.endpoints.empty()) {
        events = TRY(zmq::Publisher::open(options, *disk));
        events->catch_up(chain->reader());
        chain->add_listener([this](const chain::ChainEvent& event) { events->on_chain_event(event); });
        chain->add_pool_listener([this](const mempool::PoolEvent& event) { events->on_pool_event(event); });
        for (const zmq::Endpoint& at : options.endpoints)
            ports.notifiers.push_back({at.topic, at.address, at.high_water});
        ports.replay = [this](const std::string& topic, uint64_t from,
                              size_t count) -> Result<std::vector<rpc::ZmqPorts::Event>> {
            std::vector<rpc::ZmqPorts::Event> out;
            for (zmq::LoggedEvent& event : TRY(events->replay(topic, from, count))) {
                out.push_back({event.sequence, std::move(event.body), zmq::is_json_topic(topic)});
            }
            return out;
        };
    }
    rpc::add_zmq_methods(*dispatcher, std::move(ports));
    return {};
}

// How the wallet's range proofs are made.
static Result<wallet::ProofOptions> proof_options(const Options& options) {
    wallet::ProofOptions out;
    const int64_t bits = options.get_int("ct_bits", out.bits).value_or(-1);
    const int64_t exponent = options.get_int("ct_exponent", out.exponent).value_or(-2);
    // Fewer bits leave no room for the note to the receiver.
    if (bits < 3 || bits > 52) return fail("-ct_bits must be a number from 3 to 52");
    if (exponent < 0 || exponent > 18) return fail("-ct_exponent must be a number from 0 to 18");
    out.bits = static_cast<int>(bits);
    out.exponent = static_cast<int>(exponent);
    return out;
}

// -addresstype, -changetype.
static Result<wallet::AddressType> address_type(const Options& options, const char* name,
                                                wallet::AddressType otherwise) {
    const std::string text = options.get_or(name, "");
    if (text.empty()) return otherwise;
    if (const auto type = wallet::address_type_from(text)) return *type;
    return fail(std::string("Unknown ") + (std::string_view(name) == "addresstype" ? "address" : "change") + " type '" +
                text + "'");
}

Status Node::Impl::start_wallet(const rpc::ChainPorts& ports) {
    const Options& options = config.options;
    wallet::WalletOptions wallet_options;
    wallet_options.params = &params;
    wallet_options.policy_asset = params.policy_asset;
    wallet_options.fee_rate = TRY(WalletSet::fee_rate(options, chain->pool().policy().min_relay.sat_per_kvb));
    wallet_options.least_fee_rate = chain->pool().policy().min_relay.sat_per_kvb;
    wallet_options.max_fee = TRY(WalletSet::max_fee(options));
    wallet_options.replaceable = options.get_bool("walletrbf", true);
    wallet_options.spend_zero_conf_change = options.get_bool("spendzeroconfchange", true);
    wallet_options.address_type = TRY(address_type(options, "addresstype", wallet::AddressType::kBech32));
    wallet_options.change_type = TRY(address_type(options, "changetype", wallet_options.address_type));
    wallet_options.blinded_addresses = options.get_bool("blindedaddresses", true);
    wallet_options.proof = TRY(proof_options(options));
    wallets = std::make_unique<WalletSet>(
        WalletSet::Needs{config.chain_dir, TRY(WalletSet::folder_of(options, config.chain_dir)), *chain, params,
                         parent.get(), clock},
        wallet_options);
    awake_wallets = wallets.get();
    TRY_VOID(wallets->load_at_start(options));
    rpc::add_wallet_methods(*dispatcher, {wallets.get(), {}, ports.params, &*labels, &clock});
    return {};
}

std::vector<std::string> Node::Impl::warnings() const {
    std::vector<std::string> out;
    if (parent) {
        const auto status = parent->chain().status();
        if (!status->problem.empty()) out.push_back("Bitcoin node: " + status->problem);
    }
    if (const std::string waiting = chain->reader().waiting(); !waiting.empty()) out.push_back(waiting);
    for (const OutPoint& deposit : chain->reader().accepted_pegins().value_or(std::vector<OutPoint>{})) {
        out.push_back("The operator accepted the deposit " + to_display(deposit.txid) + ":" +
                      std::to_string(deposit.index) + " whatever its depth on Bitcoin (acceptpegin)");
    }
    return out;
}

void Node::Impl::stop() {
    log_info("node", "stopping");
    // Before anything ends, and waited for: the operator may still ask this node something.
    for (const std::string& command : config.options.get_all("shutdownnotify")) {
        if (!command.empty()) wait_notify_command(command);
    }
    if (dispatcher) rpc::set_warm_up(*dispatcher, "Shutting down");
    if (rpc) rpc->stop();
    http_loop.stop();
    if (peers) peers->stop();
    net_loop.stop();
    if (member) member->stop();
    if (parent) parent->stop();
    if (chain && !pool_file.empty()) {
        const auto saved = chain->loop().call([this] { return save_pool(chain->pool(), pool_file); });
        if (saved && !*saved) log_warning("node", "{}", saved->error().message);
    }
    // The state thread first: what it connects last, the wallet still hears of.
    if (chain) chain->stop();
    if (tx_index) tx_index->stop();
    if (filters) filters->stop();
    awake_wallets = nullptr;
    if (wallets) wallets->close();
    events.reset();
    std::error_code ignored;
    // Who never met a peer leaves no folder, so that blocks and chainstate can be copied as a chain that others start
    // from.
    if (peers && peers->nobody_known()) std::filesystem::remove_all(config.chain_dir / "peers", ignored);
    if (!pid_file.empty()) std::filesystem::remove(pid_file, ignored);
    log_info("node", "stopped");
}

Node::Node(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Node::~Node() = default;

Result<std::unique_ptr<Node>> Node::start(const Config& config) {
    auto impl = std::make_unique<Impl>(config);
    if (const Status started = impl->start(); !started) {
        log_error("node", "{}", started.error().message);
        return unexpected(started.error());
    }
    return std::unique_ptr<Node>(new Node(std::move(impl)));
}

void Node::request_stop() { impl_->stop_signal.request(); }

bool Node::wait() {
    impl_->stop_signal.wait();
    const std::string fault = impl_->stop_signal.fault();
    if (!fault.empty()) log_error("node", "stopping because of a fault: {}", fault);
    return fault.empty();
}

}  // namespace sluice::node
