#include "federation/member/make_federation.h"

#include <filesystem>
#include <fstream>

#include "codec/hex.h"
#include "consensus/params/chain_params.h"
#include "consensus/script/templates.h"
#include "federation/signer/member_signer.h"
#include "util/random.h"

namespace sluice::member {
namespace {

namespace fs = std::filesystem;

struct NewMember {
    signer::MemberKeys keys;
    transport::TransportKey transport_key;
};

Result<NewMember> new_member(const std::string& name) {
    transport::TransportKeys link = TRY(transport::generate_transport_keys());
    signer::MemberKeys keys{name, {}, SecretKey::generate(), SecretKey::generate(), std::move(link.secret)};
    random_bytes(keys.journal.mutable_view());
    return NewMember{std::move(keys), link.public_key};
}

Status write_file(const fs::path& path, const std::string& text) {
    std::ofstream out(path, std::ios::binary);
    out << text;
    out.close();
    if (!out) return fail("cannot write " + path.string());
    return {};
}

bool is_regtest(const FederationPlan& plan) { return plan.profile == "regtest"; }

// The options that define the chain: part of every member's and follower's configuration.
std::vector<std::pair<std::string, std::string>> chain_options(const FederationPlan& plan, const ParameterSet& set) {
    std::vector<std::pair<std::string, std::string>> out = {
        {"signblockscript", to_hex(set.block_script.view())},
        {"con_max_block_sig_size", std::to_string(set.witness_limit)},
        {"fedpegscript", to_hex(set.payout_script.view())},
        {"con_start_p2wsh_script", "1"},
        {"con_has_parent_chain", "1"},
        {"parentgenesisblockhash", plan.parent_genesis},
        {"peginconfirmationdepth", is_regtest(plan) ? "8" : "102"},
        {"validatepegin", "1"},
        {"acceptnonstdtxn", "0"},
    };
    // Votes are counted by epochs, and deposits to the addresses of the set before can be claimed for one epoch: two
    // weeks.
    if (!is_regtest(plan)) out.emplace_back("dynamic_epoch_length", "20160");
    if (is_regtest(plan)) {
        out.emplace_back("parent_bech32_hrp", "rb");
        out.emplace_back("con_parentpowlimit", "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff");
    }
    return out;
}

Manifest first_manifest(const FederationPlan& plan, const std::vector<NewMember>& made) {
    Manifest manifest;
    manifest.chain = plan.chain;
    manifest.birth_height = std::max(plan.birth_height, 1u);
    if (!is_regtest(plan)) {
        manifest.timing.agreement = {agreement::Milliseconds(60'000),
                                     agreement::Milliseconds(10'000),
                                     agreement::Milliseconds(4'000),
                                     agreement::Milliseconds(4'000),
                                     50,
                                     agreement::Milliseconds(60'000),
                                     agreement::Milliseconds(2'000)};
        manifest.timing.drift = 30;
        manifest.timing.commit_lag = 1;
        manifest.timing.parent_poll_ms = 5'000;
        manifest.planner = ledger::PlannerParams::production();
    }
    std::vector<Bytes> block_keys;
    std::vector<Bytes> payout_keys;
    for (size_t i = 0; i < made.size(); ++i) {
        const NewMember& member = made[i];
        ManifestMember entry;
        entry.name = member.keys.name;
        entry.block_key = to_bytes(member.keys.block.pubkey().view());
        entry.payout_key = to_bytes(member.keys.payout.pubkey().view());
        entry.transport_key = member.transport_key;
        entry.address = "tcp://127.0.0.1:" + std::to_string(plan.base_port + 10 * i + 2);
        block_keys.push_back(entry.block_key);
        payout_keys.push_back(entry.payout_key);
        manifest.members.push_back(std::move(entry));
    }
    ParameterSet set;
    set.start_height = 1;
    set.block_script = script::make_multisig(static_cast<int>(plan.threshold), block_keys);
    set.payout_script = script::make_multisig(static_cast<int>(plan.threshold), payout_keys);
    set.witness_limit = least_witness_limit(plan.threshold, set.block_script);
    manifest.sets.push_back(std::move(set));
    return manifest;
}

std::string configuration(const FederationPlan& plan, const Manifest& manifest, size_t position,
                          const std::string& manifest_path, const std::string& key_path) {
    std::string out = "# Member " + plan.members[position] + " of the federation of " + plan.chain + ".\n";
    out += "chain=" + plan.chain + "\nserver=1\n\n[" + plan.chain + "]\n";
    for (const auto& [name, value] : chain_options(plan, manifest.sets[0])) out += name + "=" + value + "\n";
    out += "mainchainrpchost=" + plan.parent_host + "\nmainchainrpcport=" + std::to_string(plan.parent_port) + "\n";
    out += "mainchainrpcuser=" + plan.parent_user + "\nmainchainrpcpassword=" + plan.parent_password + "\n";
    out += "fedmanifest=" + manifest_path + "\nfedmanifesthash=" + to_display(hash_of(manifest)) + "\n";
    out += "fedmember=" + plan.members[position] + "\nfedkeys=" + key_path + "\n";
    if (plan.base_port == 0) return out;
    const size_t port = plan.base_port + 10 * position;
    out += "port=" + std::to_string(port) + "\nbind=127.0.0.1\nrpcport=" + std::to_string(port + 1) + "\n";
    for (size_t other = 0; other < plan.members.size(); ++other) {
        if (other != position) out += "addnode=127.0.0.1:" + std::to_string(plan.base_port + 10 * other) + "\n";
    }
    return out;
}

}  // namespace

Result<FederationMade> make_federation(const FederationPlan& asked) {
    FederationPlan plan = asked;
    const auto n = static_cast<uint32_t>(plan.members.size());
    if (n == 0 || n > 16) return fail("a federation has 1 to 16 members");
    if (plan.threshold == 0) plan.threshold = 2 * n / 3 + 1;
    if (plan.threshold > n || 2 * plan.threshold <= n) {
        return fail("the threshold must be more than half of the members and at most all of them");
    }
    if (plan.profile != "regtest" && plan.profile != "production") return fail("unknown profile " + plan.profile);

    if (plan.birth_height == 0 && !is_regtest(plan)) {
        return fail(
            "the birth height is missing: the height of the Bitcoin chain now; coins sent before it will not be seen");
    }

    std::vector<NewMember> made;
    for (const std::string& name : plan.members) made.push_back(TRY(new_member(name)));
    Manifest manifest = first_manifest(plan, made);
    Options options;
    for (const auto& [name, value] : chain_options(plan, manifest.sets[0])) options.add(name, value);
    const ChainParams params = TRY(make_chain_params(plan.chain, options));
    manifest.genesis = params.genesis_hash;
    // Block 1 publishes the chain's first parameters; the first set must be exactly those.
    manifest.sets[0].pak = params.first_extension_space;
    TRY_VOID(check_manifest(manifest));

    std::error_code error;
    fs::create_directories(plan.out, error);
    const fs::path home = fs::absolute(plan.out, error);
    if (error) return fail("cannot make " + plan.out + ": " + error.message());
    const fs::path manifest_path = home / "manifest.json";
    if (fs::exists(manifest_path)) return fail(manifest_path.string() + " exists; choose another folder");
    for (size_t i = 0; i < plan.members.size(); ++i) {
        const fs::path folder = home / plan.members[i];
        fs::create_directories(folder / plan.chain, error);
        if (error) return fail("cannot make " + folder.string() + ": " + error.message());
        fs::permissions(folder, fs::perms::owner_all, error);
        const fs::path key_path = folder / "federation.keys";
        TRY_VOID(signer::write_key_file(key_path.string(), made[i].keys, plan.passphrase));
        TRY_VOID(signer::MemberSigner::create_journal((folder / plan.chain / "signer").string(), made[i].keys.journal));
        TRY_VOID(write_file(folder / "elements.conf",
                            configuration(plan, manifest, i, manifest_path.string(), key_path.string())));
    }
    TRY_VOID(write_file(manifest_path, to_json(manifest)));
    return FederationMade{hash_of(manifest), manifest_path.string(), 3 * plan.threshold <= 2 * n};
}

}  // namespace sluice::member
