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
#include "federation/member/make_successor.h"
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
    "    --birth-height HEIGHT                of Bitcoin, now: where members begin to look for coins; on regtest 1 if "
    "left out\n"
    "    [--base-port PORT]                   member i uses PORT+10i (p2p), +1 (RPC), +2 (federation link), +3 "
    "(ZeroMQ)\n"
    "keygen           Make one member's keys and their journal, print what goes into a manifest.\n"
    "    --name NAME --keys FILE --journal DIR [--address tcp://HOST:PORT]\n"
    "makesuccessor    Make the manifest of the set that shall sign next, unsigned.\n"
    "    --manifest FILE --out FILE --members NAME,NAME,... --start-height HEIGHT\n"
    "    [--joining FILE,FILE,...]            what keygen printed, for each member that the manifest does not list\n"
    "    [--threshold K]                      default: the smallest K with 3K > 2N\n"
    "signmanifest     Put a member's signature into a successor. k members of the set before sign.\n"
    "    --manifest FILE --predecessor FILE --keys FILE\n"
    "showmanifest     Check a manifest and print its hash, members and sets.\n"
    "    --manifest FILE [--predecessor FILE]\n"
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
    if (text.empty() || text.size() > 9 || text.find_first_not_of("0123456789") != std::string::npos)
        return std::nullopt;
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
    const auto birth_height = number(args.take("birth-height", "0"), 100'000'000);
    plan.passphrase = passphrase();
    args.done();
    if (!args.error.empty()) return refuse(args.error);
    const auto parent_port = rpc.size() == 4 ? number(rpc[1], 65'535) : std::nullopt;
    if (!parent_port) return refuse("--parent-rpc is HOST:PORT:USER:PASSWORD");
    if (!threshold) return refuse("--threshold is not a number up to 16");
    if (!base_port) return refuse("--base-port is not a port");
    if (!birth_height) return refuse("--birth-height is not a height");
    plan.birth_height = static_cast<uint32_t>(*birth_height);
    plan.threshold = *threshold;
    plan.base_port = static_cast<uint16_t>(*base_port);
    plan.parent_host = rpc[0];
    plan.parent_port = static_cast<uint16_t>(*parent_port);
    plan.parent_user = rpc[2];
    plan.parent_password = rpc[3];
    const auto made = member::make_federation(plan);
    if (!made) return refuse(made.error().message);
    if (made->bears_no_liar)
        std::fprintf(stderr, "Warning: with this threshold (3k <= 2n) few or no lying members are borne\n");
    std::printf("manifest %s\nhash %s\n", made->manifest_path.c_str(), to_display(made->hash).c_str());
    return 0;
}

int keygen(Arguments args) {
    const std::string name = args.need("name");
    const std::string path = args.need("keys");
    const std::string journal = args.need("journal");
    const std::string address = args.take("address", "tcp://HOST:PORT");
    args.done();
    if (!args.error.empty()) return refuse(args.error);
    auto link = transport::generate_transport_keys();
    if (!link) return refuse(link.error().message);
    signer::MemberKeys keys{name, {}, SecretKey::generate(), SecretKey::generate(), std::move(link->secret)};
    random_bytes(keys.journal.mutable_view());
    if (const auto written = signer::write_key_file(path, keys, passphrase()); !written)
        return refuse(written.error().message);
    if (const auto made = signer::MemberSigner::create_journal(journal, keys.journal); !made)
        return refuse(made.error().message);
    const member::ManifestMember entry{name, to_bytes(keys.block.pubkey().view()),
                                       to_bytes(keys.payout.pubkey().view()), link->public_key, address};
    std::fputs(member::member_to_json(entry).c_str(), stdout);
    return 0;
}

std::optional<std::string> slurp(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::nullopt;
    return std::string((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
}

Result<member::SignedManifest> read_manifest(const std::string& path) {
    const auto text = slurp(path);
    if (!text) return fail("cannot open " + path);
    auto parsed = member::parse_signed_manifest(*text);
    if (!parsed) return fail(path + ": " + parsed.error().message);
    return parsed;
}

int make_successor(Arguments args) {
    const std::string path = args.need("manifest");
    const std::string out = args.need("out");
    member::SuccessorPlan plan;
    plan.members = split(args.need("members"), ',');
    const auto start = number(args.need("start-height"), 999'999'999);
    const auto threshold = number(args.take("threshold", "0"), 16);
    const std::string joining = args.take("joining");
    args.done();
    if (!args.error.empty()) return refuse(args.error);
    if (!start) return refuse("--start-height is not a height");
    if (!threshold) return refuse("--threshold is not a number up to 16");
    const auto before = read_manifest(path);
    if (!before) return refuse(before.error().message);
    plan.before = before->manifest;
    plan.start_height = *start;
    plan.threshold = *threshold;
    for (const std::string& file : joining.empty() ? std::vector<std::string>{} : split(joining, ',')) {
        const auto text = slurp(file);
        if (!text) return refuse("cannot open " + file);
        const auto member = member::parse_member(*text);
        if (!member) return refuse(file + ": " + member.error().message);
        plan.joining.push_back(*member);
    }
    const auto made = member::make_successor(plan);
    if (!made) return refuse(made.error().message);
    if (slurp(out)) return refuse(out + " exists");
    std::ofstream file(out, std::ios::binary);
    file << member::to_json(*made);
    file.close();
    if (!file) return refuse("cannot write " + out);
    const member::Overlap overlap = member::payout_overlap(*made);
    if (overlap.shared < overlap.needed) {
        std::fprintf(stderr,
                     "Warning: %u of the %u payout keys that the old coins need stay; members who leave must run until "
                     "getreserves shows 0 for the old set\n",
                     overlap.shared, overlap.needed);
    }
    std::printf("manifest %s\nhash %s\n", out.c_str(), to_display(member::hash_of(*made)).c_str());
    return 0;
}

int sign_manifest(Arguments args) {
    const std::string path = args.need("manifest");
    const std::string before_path = args.need("predecessor");
    const std::string keys_path = args.need("keys");
    args.done();
    if (!args.error.empty()) return refuse(args.error);
    auto next = read_manifest(path);
    if (!next) return refuse(next.error().message);
    const auto before = read_manifest(before_path);
    if (!before) return refuse(before.error().message);
    const auto keys = signer::read_key_file(keys_path, passphrase());
    if (!keys) return refuse(keys.error().message);
    const auto signature = member::sign_manifest(next->manifest, before->manifest, *keys);
    if (!signature) return refuse(signature.error().message);
    std::erase_if(next->signatures, [&](const auto& known) { return known.name == keys->name; });
    next->signatures.push_back(*signature);
    std::ofstream file(path, std::ios::binary);
    file << member::to_json(next->manifest, next->signatures);
    file.close();
    if (!file) return refuse("cannot write " + path);
    std::printf("signed by %s; %zu good signatures\n", keys->name.c_str(),
                member::good_signers(*next, before->manifest).size());
    return 0;
}

int show(Arguments args, bool hash_only) {
    const std::string path = args.need("manifest");
    const std::string before_path = hash_only ? "" : args.take("predecessor");
    args.done();
    if (!args.error.empty()) return refuse(args.error);
    const auto read = read_manifest(path);
    if (!read) return refuse(read.error().message);
    const member::Manifest& manifest = read->manifest;
    const std::string hash = to_display(member::hash_of(manifest));
    if (hash_only) {
        std::printf("%s\n", hash.c_str());
        return 0;
    }
    if (const auto good = member::check_manifest(manifest); !good) return refuse(good.error().message);
    std::printf("hash     %s\nchain    %s\ngenesis  %s\nsequence %u\n", hash.c_str(), manifest.chain.c_str(),
                to_display(manifest.genesis).c_str(), manifest.sequence);
    for (const auto& member : manifest.members) {
        std::printf("member   %s %s %s\n", member.name.c_str(), to_hex(member.block_key).c_str(),
                    member.address.c_str());
    }
    for (const auto& set : manifest.sets) {
        const auto members = member::members_of(manifest, set);
        std::printf("set      from height %u: %u of %zu sign blocks:", set.start_height, members->committee.threshold,
                    members->committee.size());
        for (const size_t position : members->positions) std::printf(" %s", manifest.members[position].name.c_str());
        std::printf("\n");
    }
    if (before_path.empty()) return 0;
    const auto before = read_manifest(before_path);
    if (!before) return refuse(before.error().message);
    for (const std::string& name : member::good_signers(*read, before->manifest))
        std::printf("signed   %s\n", name.c_str());
    if (const auto good = member::check_successor(*read, before->manifest); !good) return refuse(good.error().message);
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
    if (command == "makesuccessor") return make_successor(std::move(args));
    if (command == "signmanifest") return sign_manifest(std::move(args));
    if (command == "showmanifest") return show(std::move(args), false);
    if (command == "hash") return show(std::move(args), true);
    return refuse("unknown command " + command + " (sluice-signer help)");
}
