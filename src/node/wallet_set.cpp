#include "node/wallet_set.h"

#include <algorithm>

#include "node/settings_file.h"
#include "storage/directory_disk.h"
#include "util/log.h"

namespace sluice::node {
namespace {

using rpc::Code;
using rpc::rpc_error;
namespace fs = std::filesystem;

constexpr int64_t kUsualFeeRate = 1000;       // satoshi per 1000 virtual bytes
constexpr int64_t kMostFeeRate = 10'000'000;  // more is a slip of the pen
constexpr const char* kNotLoaded = "Requested wallet does not exist or is not loaded";

bool has_keys(const fs::path& folder) {
    std::error_code error;
    return fs::exists(wallet::Wallet::key_file_path(folder.string()), error);
}

bool has_database(const fs::path& folder) {
    std::error_code error;
    return fs::exists(folder / "wallet" / "CURRENT", error);
}

// Something of a wallet is there.
bool is_taken(const fs::path& folder) { return has_keys(folder) || has_database(folder); }

// A name leads to a folder below the wallets', or to an absolute one; it does not climb.
bool is_good_name(const std::string& name) {
    const fs::path path(name);
    return name.find('\0') == std::string::npos && std::ranges::find(path, fs::path("..")) == path.end();
}

Error already_exists(const fs::path& folder) {
    return {"Wallet file verification failed. Failed to create database path '" + folder.string() +
            "'. Database already exists."};
}

}  // namespace

WalletSet::WalletSet(const Needs& needs, const wallet::WalletOptions& options)
    : needs_(needs), options_(options), folder_(needs.folder), entries_(std::make_shared<Entries>()) {}

WalletSet::~WalletSet() { close(); }

fs::path WalletSet::folder_of(const std::string& name) const {
    return name.empty() ? folder_ : (folder_ / name).lexically_normal();
}

wallet::WalletOptions WalletSet::options_of(const std::string& name) const {
    wallet::WalletOptions out = options_;
    out.folder = folder_of(name).string();
    while (out.folder.size() > 1 && out.folder.ends_with('/')) out.folder.pop_back();
    return out;
}

Result<int64_t> WalletSet::fee_rate(const Options& options, int64_t least) {
    for (const char* name : {"paytxfee", "fallbackfee"}) {
        const std::optional<std::string> text = options.get(name);
        if (!text) continue;
        const auto rate = rpc::parse_fixed_point(*text, 8);
        if (!rate || *rate < 0 || *rate > kMostFeeRate)
            return fail("Invalid amount for -" + std::string(name) + "=<amount>: '" + *text + "'");
        if (*rate > 0) return std::max(*rate, least);
    }
    return std::max(kUsualFeeRate, least);
}

Result<fs::path> WalletSet::folder_of(const Options& options, const fs::path& chain_dir) {
    const std::optional<std::string> given = options.get("walletdir");
    if (!given) return chain_dir / "wallets";
    std::error_code error;
    const auto refused = [&](const char* why) { return fail("Specified -walletdir \"" + *given + "\" " + why); };
    if (!fs::exists(*given, error)) return refused("does not exist");
    if (!fs::is_directory(*given, error)) return refused("is not a directory");
    if (!fs::path(*given).is_absolute()) return refused("is a relative path");
    return fs::canonical(*given, error);
}

Result<Amount> WalletSet::max_fee(const Options& options) {
    const std::optional<std::string> text = options.get("maxtxfee");
    if (!text) return wallet::WalletOptions{}.max_fee;
    const auto fee = rpc::parse_fixed_point(*text, 8);
    if (!fee || *fee < 0 || !in_money_range({*fee}))
        return fail("Invalid amount for -maxtxfee=<amount>: '" + *text + "'");
    return Amount{*fee};
}

std::vector<std::string> WalletSet::loaded() const {
    std::vector<std::string> out;
    for (const Entry& entry : *entries_.load()) out.push_back(entry.name);
    return out;
}

std::vector<std::string> WalletSet::stored() const {
    std::vector<std::string> out;
    if (has_keys(folder_)) out.emplace_back();
    std::error_code error;
    const auto skip = fs::directory_options::skip_permission_denied;
    for (fs::recursive_directory_iterator it(folder_, skip, error), end; !error && it != end; it.increment(error)) {
        if (it->is_directory(error) && has_keys(it->path()))
            out.push_back(it->path().lexically_relative(folder_).string());
    }
    std::ranges::sort(out);
    return out;
}

std::optional<rpc::LoadedWallet> WalletSet::find(const std::string& name) const {
    const auto entries = entries_.load();
    const auto found = std::ranges::find(*entries, name, &Entry::name);
    if (found == entries->end()) return std::nullopt;
    WalletService* service = found->service.get();
    rpc::LoadedWallet out;
    out.name = name;
    out.wallet = found->wallet;
    out.loop = &service->loop();
    out.lock_after = [service](std::optional<std::chrono::seconds> delay) { service->lock_after(delay); };
    out.keep = found->service;
    return out;
}

void WalletSet::wake() {
    for (const Entry& entry : *entries_.load()) entry.service->wake();
}

void WalletSet::transaction_added(const TxRef& tx) {
    for (const Entry& entry : *entries_.load()) entry.service->transaction_added(tx);
}

Status WalletSet::open(const std::string& name, const wallet::Opening& how) {
    if (closed_) return fail("Shutting down");
    const wallet::WalletOptions options = options_of(name);
    std::error_code error;
    fs::create_directories(options.folder, error);
    if (error) return fail("Cannot create " + options.folder + ": " + error.message());
    storage::DirectoryDisk disk(options.folder);
    auto view = std::make_unique<WalletChain>(needs_.chain, needs_.params);
    std::shared_ptr<WalletService> service =
        TRY(WalletService::open(options, disk, std::move(view), needs_.parent, needs_.clock, how));
    Entries entries = *entries_.load();
    entries.push_back({name, service, &service->wallet()});
    entries_.store(std::make_shared<const Entries>(std::move(entries)));
    service->wake();  // for what the chain did in between
    log_info("wallet", "loaded wallet \"{}\" from {}", name, options.folder);
    return {};
}

Result<void, rpc::RpcError> WalletSet::create(const rpc::NewWallet& wanted) {
    const std::lock_guard lock(changes_);
    const fs::path folder = folder_of(wanted.name);
    if (!is_good_name(wanted.name)) return rpc_error(Code::kWallet, "Invalid wallet name");
    // A database without keys may be what a crash left of a wallet that nobody had yet: the wallet says if so.
    if (has_keys(folder)) return rpc_error(Code::kWallet, already_exists(folder).message);
    wallet::Opening how;
    how.expect = wallet::Opening::Expect::kNew;
    how.flags = wanted.flags;
    how.passphrase = wanted.passphrase;
    if (const Status done = open(wanted.name, how); !done) return rpc_error(Code::kWallet, done.error().message);
    return {};
}

Result<void, rpc::RpcError> WalletSet::load_existing(const std::string& name) {
    const auto failed = [&](const char* why) {
        return rpc_error(Code::kWalletNotFound, "Wallet file verification failed. Failed to load database path '" +
                                                    folder_of(name).string() + "'. " + why);
    };
    std::error_code error;
    if (!is_good_name(name) || !fs::exists(folder_of(name), error)) return failed("Path does not exist.");
    if (!is_taken(folder_of(name))) return failed("Data is not in recognized format.");
    wallet::Opening how;
    how.expect = wallet::Opening::Expect::kExisting;
    if (const Status done = open(name, how); !done) return rpc_error(Code::kWallet, done.error().message);
    return {};
}

Result<void, rpc::RpcError> WalletSet::load(const std::string& name) {
    const std::lock_guard lock(changes_);
    if (find(name)) return rpc_error(rpc::kWalletAlreadyLoaded, "Wallet \"" + name + "\" is already loaded.");
    return load_existing(name);
}

Result<void, rpc::RpcError> WalletSet::unload(const std::string& name) {
    const std::lock_guard lock(changes_);
    Entries entries = *entries_.load();
    const auto found = std::ranges::find(entries, name, &Entry::name);
    if (found == entries.end()) return rpc_error(Code::kWalletNotFound, kNotLoaded);
    const std::shared_ptr<WalletService> service = found->service;
    entries.erase(found);
    entries_.store(std::make_shared<const Entries>(std::move(entries)));
    // Calls that found it before are answered, or told that it goes.
    service->close();
    log_info("wallet", "unloaded wallet \"{}\"", name);
    return {};
}

Result<void, rpc::RpcError> WalletSet::restore(const std::string& name, const std::string& backup) {
    const std::lock_guard lock(changes_);
    std::error_code error;
    if (!fs::exists(backup, error)) return rpc_error(Code::kInvalidParameter, "Backup file does not exist");
    const fs::path folder = folder_of(name);
    if (!is_good_name(name)) return rpc_error(Code::kWallet, "Invalid wallet name");
    // So it does with a database that a restoration left without keys.
    const bool made = !fs::exists(folder, error);
    const bool there =
        has_keys(folder) || !(made || name.empty() || has_database(folder) || fs::is_empty(folder, error));
    if (there) {
        return rpc_error(rpc::kWalletAlreadyExists,
                         "Failed to create database path '" + folder.string() + "'. Database already exists.");
    }
    const wallet::WalletOptions options = options_of(name);
    fs::create_directories(options.folder, error);
    storage::DirectoryDisk disk(options.folder);
    if (const Status done = wallet::Wallet::restore_backup(options, disk, backup); !done) {
        // Without its key file a folder of this call holds nothing that the backup does not.
        if (made && !has_keys(folder)) fs::remove_all(folder, error);
        if (done.error().message.ends_with("it is not a backup of a wallet")) {
            return rpc_error(Code::kWalletNotFound, "Wallet file verification failed. Failed to load database path '" +
                                                        folder.string() + "'. Data is not in recognized format.");
        }
        const bool taken = done.error().message == "a wallet is there already";
        return rpc_error(taken ? rpc::kWalletAlreadyExists : Code::kWallet,
                         "Wallet file verification failed. " + done.error().message);
    }
    return load_existing(name);
}

Status WalletSet::remember(const std::string& name, bool at_start) {
    const std::lock_guard lock(changes_);
    std::vector<std::string> wanted = at_start_;
    const auto found = std::ranges::find(wanted, name);
    if (at_start == (found != wanted.end())) return {};
    if (at_start) {
        wanted.push_back(name);
    } else {
        wanted.erase(found);
    }
    TRY_VOID(write_startup_wallets(needs_.chain_dir, wanted));
    at_start_ = std::move(wanted);
    return {};
}

Status WalletSet::load_at_start(const Options& options) {
    const std::lock_guard lock(changes_);
    const auto kept = TRY(read_startup_wallets(needs_.chain_dir));
    at_start_ = kept.value_or(std::vector<std::string>{});
    std::vector<std::string> names = options.get_all("wallet");
    const bool none = options.is_set("wallet") && names.empty();  // -nowallet
    if (!none) names.insert(names.end(), at_start_.begin(), at_start_.end());
    if (!options.is_set("wallet") && !kept && has_keys(folder_)) {
        names.emplace_back();
        at_start_.emplace_back();
    }
    for (const std::string& name : names) {
        if (find(name)) {
            log_warning("wallet", "Ignoring duplicate -wallet {}.", name);
            continue;
        }
        if (name.empty() && !is_taken(folder_)) {
            TRY_VOID(open(name, {}));
            continue;
        }
        const auto done = load_existing(name);
        if (done) continue;
        if (done.error().code != Code::kWalletNotFound) return fail(done.error().message);
        log_warning("wallet", "Skipping -wallet path that doesn't exist. {}", done.error().message);
    }
    return {};
}

void WalletSet::close() {
    const std::lock_guard lock(changes_);
    closed_ = true;
    const auto entries = entries_.load();
    entries_.store(std::make_shared<const Entries>());
    for (const Entry& entry : *entries) entry.service->close();
}

}  // namespace sluice::node
