#include "node/member_service.h"

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "codec/hex.h"
#include "storage/leveldb_db.h"
#include "util/log.h"

namespace sluice::node {
namespace {

constexpr size_t kMaxBacklog = 20'000;  // frames waiting for the federation thread

std::string path_of(const std::filesystem::path& base, const std::string& file) {
    const std::filesystem::path path(file);
    return (path.is_absolute() ? path : base / path).string();
}

Result<member::Manifest> read_manifest(const std::string& path, const Options& options) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return fail("Cannot open the manifest " + path);
    const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    auto manifest = member::parse_manifest(text);
    if (!manifest) return fail(path + ": " + manifest.error().message);
    const auto pinned = options.get("fedmanifesthash");
    if (!pinned) return fail("-fedmanifesthash must pin the manifest (sluice-signer hash --manifest " + path + ")");
    const std::string hash = to_display(member::hash_of(*manifest));
    if (*pinned != hash) return fail(path + " has hash " + hash + ", but -fedmanifesthash says " + *pinned);
    return std::move(*manifest);
}

// The same port on every interface; the manifest's address is how others reach it.
std::string bind_address(const std::string& address) {
    const size_t colon = address.rfind(':');
    const bool local = address.find("127.0.0.1") != std::string::npos;
    return (local ? "tcp://127.0.0.1" : "tcp://*") +
           (colon == std::string::npos ? std::string() : address.substr(colon));
}

std::vector<transport::Peer> peers_of(const member::Manifest& manifest, const std::string& self) {
    std::vector<transport::Peer> out;
    for (size_t i = 0; i < manifest.members.size(); ++i) {
        const member::ManifestMember& each = manifest.members[i];
        if (each.name != self) out.push_back({static_cast<uint8_t>(i), each.transport_key, each.address});
    }
    return out;
}

}  // namespace

class MemberService::Links final : public member::LinkPort {
public:
    Links(transport::Transport& transport, std::string self) : transport_(transport), self_(std::move(self)) {}
    void send(uint8_t to, Bytes frame) override { transport_.send(to, std::move(frame)); }
    void set_roster(const member::Manifest& manifest) override { transport_.set_peers(peers_of(manifest, self_)); }

private:
    transport::Transport& transport_;
    std::string self_;
};

Result<uint32_t> MemberService::scan_from(const std::filesystem::path& data_dir, const Options& options) {
    const member::Manifest manifest = TRY(read_manifest(path_of(data_dir, options.get_or("fedmanifest", "")), options));
    const int64_t height = TRY(options.get_int("fedscanfrom", manifest.birth_height));
    if (height < 1 || height > INT32_MAX)
        return fail("-fedscanfrom must be the height of a Bitcoin block above the genesis block");
    return static_cast<uint32_t>(height);
}

Result<std::unique_ptr<MemberService>> MemberService::open(const Needs& needs, const Options& options) {
    std::unique_ptr<MemberService> service(new MemberService());
    MemberService* self = service.get();
    member::Manifest manifest = TRY(read_manifest(path_of(needs.data_dir, options.get_or("fedmanifest", "")), options));
    const std::string name = options.get_or("fedmember", "");
    if (name.empty()) return fail("-fedmember must name this member");
    if (!options.is_set("fedkeys")) return fail("-fedkeys must name this member's key file");
    const char* passphrase = std::getenv("SLUICE_KEY_PASSPHRASE");
    signer::MemberKeys keys = TRY(
        signer::read_key_file(path_of(needs.data_dir, options.get_or("fedkeys", "")), passphrase ? passphrase : ""));
    if (keys.name != name) return fail("the key file is of " + keys.name + ", but -fedmember says " + name);
    transport::TransportKeys link_keys = TRY(transport::transport_keys_from_secret(keys.transport.view()));
    self->signer_ = TRY(signer::MemberSigner::open(std::move(keys), (needs.chain_dir / "signer").string()));
    self->cache_ = TRY(storage::open_leveldb((needs.chain_dir / "federation").string(), {}));
    self->decisions_ = TRY(storage::open_leveldb((needs.chain_dir / "operator").string(), {}));

    const auto place = member::find_member(manifest, name);
    if (!place) return fail("the manifest has no member called " + name);
    const member::ManifestMember& entry = manifest.members[*place];
    if (entry.transport_key != link_keys.public_key) return fail("the key file's link key is not the manifest's");
    transport::TransportConfig config;
    config.bind = options.get_or("fedbind", bind_address(entry.address));
    self->transport_ = std::make_unique<transport::Transport>(
        std::move(config), std::move(link_keys), [self](uint8_t from, Bytes frame) {
            if (self->loop_.backlog() > kMaxBacklog) return;
            self->loop_.post([self, from, frame = std::move(frame)] {
                if (self->begun_) self->member_->on_frame(from, frame);
            });
        });
    self->links_ = std::make_unique<Links>(*self->transport_, name);
    self->chain_ = std::make_unique<member::NodeChain>(
        member::NodeChain::Needs{needs.chain, needs.pool, needs.tips, needs.state, self->loop_},
        [self](const BlockHash& hash, const member::BlockRef& block) {
            if (self->begun_) self->member_->on_connected(hash, block);
        },
        [self](const BlockHash& hash, uint32_t height) {
            if (self->begun_) self->member_->on_disconnected(hash, height);
        },
        [self](const BlockHash& hash, uint32_t height) {
            if (self->begun_) self->member_->on_header(hash, height);
        });
    if (needs.parent != nullptr) {
        self->parent_ = std::make_unique<member::NodeParent>(*needs.parent, self->loop_, [self] {
            if (self->begun_) self->member_->on_parent_changed();
        });
    }
    self->member_ =
        TRY(member::Member::create({needs.params, needs.clock, self->loop_, *self->chain_, self->parent_.get(),
                                    *self->links_, *self->signer_, *self->cache_, *self->decisions_},
                                   std::move(manifest), name));
    self->links_->set_roster(self->member_->manifest());
    return service;
}

MemberService::~MemberService() { stop(); }

Status MemberService::start() {
    loop_.start();
    running_ = true;
    TRY_VOID(transport_->start());
    const Result<Status> started = loop_.call(
        [this]() -> Status {
            begun_ = true;
            return member_->start();
        },
        std::chrono::hours(24));
    if (!started) return unexpected(started.error());
    return *started;
}

void MemberService::stop() {
    if (!std::exchange(running_, false)) return;
    transport_->stop();
    // The member goes on its own thread: its timers belong there. Tasks that come later find it gone.
    (void)loop_.call([this] {
        begun_ = false;
        member_.reset();
    });
    loop_.stop();
}

}  // namespace sluice::node
