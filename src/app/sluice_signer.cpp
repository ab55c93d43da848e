// sluice-signer: makes federations and keys, shows manifests. (A member's signer runs inside sluiced.)
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "codec/hex.h"
#include "federation/member/make_federation.h"
#include "federation/signer/member_signer.h"
#include "util/random.h"

namespace {

using namespace sluice;

constexpr const char* kUsage =
    "Usage: sluice-signer COMMAND [OPTIONS]\n"
    "\n"
    "makefederation   Make keys, manifest and a folder for each member.\n"
    "    --out DIR --members NAME,NAME,... --chain NAME --parent-genesis HEX --parent-rpc HOST:PORT:USER:PASSWORD\n"
    "    [--threshold K]                      default: the smallest K with 3K > 2N\n"
    "    [--profile production|regtest]       default: production\n"
    "    [--base-port PORT]                   member i uses PORT+10i (p2p), +1 (RPC), +2 (federation link), +3 (ZeroMQ)\n"
    "keygen           Make one member's keys and their journal, print what goes into a manifest.\n"
    "    --name NAME --keys FILE --journal DIR\n"
    "showmanifest     Check a manifest and print its hash, members and sets.\n"
    "    --manifest FILE\n"
    "hash             Print a manifest's hash (what fedmanifesthash pins).\n"
    "    --manifest FILE\n"
    "\n"
    "Key files are sealed when the environment variable SLUICE_KEY_PASSPHRASE is set.\n";

// Options as "--name value" pairs; the first problem is kept in `error`.
struct Arguments {
    std::map<std::string, std::string> values;
    std::string error;

    void fault(const std::string& what) {
        if (error.empty()) error = what;
    }
    std::string take(const std::string& name, const std::string& otherwise = "") {
        const auto at = values.find(name);
        if (at == values.end()) return otherwise;
        std::string out = at->second;
        values.erase(at);
        return out;
    }
    std::string need(const std::string& name) {
        if (!values.contains(name)) fault("--" + name + " is missing");
        return take(name);
    }
    void done() {
        if (!values.empty()) fault("unknown option --" + values.begin()->first);
    }
};

// A whole number up to `most`; nullopt otherwise.
std::optional<uint32_t> number(const std::string& text, uint32_t most) {
    if (text.empty() || text.size() > 9 || text.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
    const auto value = static_cast<uint32_t>(std::strtoul(text.c_str(), nullptr, 10));
    if (value > most) return std::nullopt;
    return value;
}

Arguments parse(int argc, char** argv) {
    Arguments out;
    for (int i = 2; i < argc; i += 2) {
        const std::string name = argv[i];
        if (name.rfind("--", 0) != 0 || name.size() < 3) out.fault("not an option: " + name);
        else if (i + 1 == argc) out.fault(name + " needs a value");
        else if (!out.values.emplace(name.substr(2), argv[i + 1]).second) out.fault(name + " is given twice");
    }
    return out;
}

std::vector<std::string> split(const std::string& text, char by) {
    std::vector<std::string> out(1);
    for (const char c : text) {
        if (c == by) out.emplace_back();
        else out.back() += c;
    }
    return out;
}

int refuse(const std::string& why) {
    std::fprintf(stderr, "Error: %s\n", why.c_str());
    return 1;
}

std::string passphrase() {
    const char* text = std::getenv("SLUICE_KEY_PASSPHRASE");
    return text == nullptr ? "" : text;
}

int make_federation(Arguments args) {
    member::FederationPlan plan;
    plan.out = args.need("out");
    plan.members = split(args.need("members"), ',');
    plan.chain = args.need("chain");
    plan.parent_genesis = args.need("parent-genesis");
    const std::vector<std::string> rpc = split(args.need("parent-rpc"), ':');
    const auto threshold = number(args.take("threshold", "0"), 16);
    const auto base_port = number(args.take("base-port", "0"), 65'000);
    plan.profile = args.take("profile", "production");
    plan.passphrase = passphrase();
    args.done();
    if (!args.error.empty()) return refuse(args.error);
    const auto parent_port = rpc.size() == 4 ? number(rpc[1], 65'535) : std::nullopt;
    if (!parent_port) return refuse("--parent-rpc is HOST:PORT:USER:PASSWORD");
    if (!threshold) return refuse("--threshold is not a number up to 16");
    if (!base_port) return refuse("--base-port is not a port");
    plan.threshold = *threshold;
    plan.base_port = static_cast<uint16_t>(*base_port);
    plan.parent_host = rpc[0];
    plan.parent_port = static_cast<uint16_t>(*parent_port);
    plan.parent_user = rpc[2];
    plan.parent_password = rpc[3];
    const auto made = member::make_federation(plan);
    if (!made) return refuse(made.error().message);
    if (made->bears_no_liar) std::fprintf(stderr, "Warning: with this threshold (3k <= 2n) few or no lying members are borne\n");
    std::printf("manifest %s\nhash %s\n", made->manifest_path.c_str(), to_display(made->hash).c_str());
    return 0;
}

int keygen(Arguments args) {
    const std::string name = args.need("name");
    const std::string path = args.need("keys");
    const std::string journal = args.need("journal");
    args.done();
    if (!args.error.empty()) return refuse(args.error);
    auto link = transport::generate_transport_keys();
    if (!link) return refuse(link.error().message);
    signer::MemberKeys keys{name, {}, SecretKey::generate(), SecretKey::generate(), std::move(link->secret)};
    random_bytes(keys.journal.mutable_view());
    if (const auto written = signer::write_key_file(path, keys, passphrase()); !written) return refuse(written.error().message);
    if (const auto made = signer::MemberSigner::create_journal(journal, keys.journal); !made) return refuse(made.error().message);
    std::printf("{\n  \"name\": \"%s\",\n  \"block_key\": \"%s\",\n  \"payout_key\": \"%s\",\n  \"transport_key\": \"%s\"\n}\n",
                name.c_str(), to_hex(keys.block.pubkey().view()).c_str(), to_hex(keys.payout.pubkey().view()).c_str(),
                to_hex(link->public_key.view()).c_str());
    return 0;
}

int show(Arguments args, bool hash_only) {
    const std::string path = args.need("manifest");
    args.done();
    if (!args.error.empty()) return refuse(args.error);
    std::ifstream file(path, std::ios::binary);
    if (!file) return refuse("cannot open " + path);
    const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    const auto manifest = member::parse_manifest(text);
    if (!manifest) return refuse(manifest.error().message);
    const std::string hash = to_display(member::hash_of(*manifest));
    if (hash_only) {
        std::printf("%s\n", hash.c_str());
        return 0;
    }
    if (const auto good = member::check_manifest(*manifest); !good) return refuse(good.error().message);
    std::printf("hash     %s\nchain    %s\ngenesis  %s\nsequence %u\n", hash.c_str(), manifest->chain.c_str(),
                to_display(manifest->genesis).c_str(), manifest->sequence);
    for (const auto& member : manifest->members) {
        std::printf("member   %s %s %s\n", member.name.c_str(), to_hex(member.block_key).c_str(), member.address.c_str());
    }
    for (const auto& set : manifest->sets) {
        const auto members = member::members_of(*manifest, set);
        std::printf("set      from height %u: %u of %zu sign blocks\n", set.start_height, members->committee.threshold,
                    members->committee.size());
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string command = argc > 1 ? argv[1] : "";
    if (command.empty() || command == "help" || command == "-help" || command == "--help") {
        std::fputs(kUsage, command.empty() ? stderr : stdout);
        return command.empty() ? 1 : 0;
    }
    Arguments args = parse(argc, argv);
    if (!args.error.empty()) return refuse(args.error);
    if (command == "makefederation") return make_federation(std::move(args));
    if (command == "keygen") return keygen(std::move(args));
    if (command == "showmanifest") return show(std::move(args), false);
    if (command == "hash") return show(std::move(args), true);
    return refuse("unknown command " + command + " (sluice-signer help)");
}
