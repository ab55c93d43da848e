// Federation rules on the reference's data: parameter roots, Liquid's signed headers, and every header of the golden
// chains (signatures, epochs, votes), with the headers that the reference refused.
#include <filesystem>
#include <fstream>

#include "codec/hex.h"
#include "federation/rules/block_proof.h"
#include "federation/rules/dynafed.h"
#include "support/header_chain.h"
#include "support/vectors.h"

namespace sluice::fed_rules {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

Bytes hex(const json& text) { return from_hex(text.get<std::string>()).value(); }

BOOST_AUTO_TEST_CASE(parameter_roots) {
    const auto file = test::load_vectors("liquid/dynafed_roots.json");
    if (!file) return;
    size_t count = 0;
    for (const json& c : file->at("cases")) {
        DynafedEntry full;
        full.kind = DynafedEntryKind::kFull;
        full.signblockscript = Script{hex(c["signblockscript"])};
        full.signblock_witness_limit = c["signblock_witness_limit"].get<uint32_t>();
        full.fedpeg_program = Script{hex(c["fedpeg_program"])};
        full.fedpegscript = Script{hex(c["fedpegscript"])};
        for (const json& entry : c["extension_space"]) full.extension_space.push_back(hex(entry));
        DynafedEntry compact = to_compact(full);
        BOOST_TEST(to_display(entry_root(full)) == c["full_entry_root"].get<std::string>());
        BOOST_TEST(to_display(entry_root(compact)) == to_display(entry_root(full)));
        compact.elided_root = {};
        BOOST_TEST(to_display(entry_root(compact)) == c["compact_entry_root"].get<std::string>());
        const DynafedHeader header{compact, full, {}};
        BOOST_TEST(to_display(params_root(header)) ==
                   c["params_root_current_compact_proposed_full"].get<std::string>());
        ++count;
    }
    test::report_cases("liquid/dynafed_roots.json", count);
}

BOOST_AUTO_TEST_CASE(signed_headers) {
    const auto file = test::load_vectors("liquid/headers.json");
    if (!file) return;
    const ChainParams params = make_chain_params("liquidv1", Options{}).value();
    size_t count = 0;
    size_t skipped = 0;
    for (const json& c : file->at("cases")) {
        BOOST_TEST_CONTEXT("header " << c["hash"]) {
            const auto header = parse_header(hex(c["hex"]));
            BOOST_REQUIRE(header.has_value());
            // A legacy header names no script that it is signed by: only Liquid's own can be checked here.
            if (!header->is_dynafed() && header->proof().challenge != params.signblockscript) {
                ++skipped;
                continue;
            }
            BOOST_TEST(check_block_proof(*header, params));
            BlockHeader changed = *header;
            changed.time += 1;
            if (compute_hash(*header) != params.genesis_hash &&
                c.value("signblock_witness", json::array()) != json{"51"}) {
                BOOST_TEST(!check_block_proof(changed, params));
            }
        }
        ++count;
    }
    test::report_cases("liquid/headers.json", count, skipped);
}

struct Chain {
    ChainParams params;
    test::HeaderChain headers;
};

Chain load_chain(const fs::path& folder, const json& description) {
    Options options;
    for (const json& option : description["options"]) {
        const auto text = option.get<std::string>();
        const size_t equals = text.find('=');
        options.add(text.substr(1, equals - 1), equals == std::string::npos ? "" : text.substr(equals + 1));
    }
    auto params = make_chain_params(description["chain"].get<std::string>(), options);
    BOOST_REQUIRE(params.has_value());
    Chain chain{std::move(*params), {}};
    std::ifstream in(folder / "blocks.dat", std::ios::binary);
    const std::vector<char> raw((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    Reader r(ByteView(reinterpret_cast<const uint8_t*>(raw.data()), raw.size()));
    while (r.remaining() > 0) {
        Reader block(r.take(r.u32()));
        BlockHeader header;
        describe(block, header);
        BOOST_REQUIRE(block.ok());
        chain.headers.add(header);
    }
    BOOST_REQUIRE(to_display(chain.headers.hash_at(0)) == to_display(chain.params.genesis_hash));
    return chain;
}

void check_chain(const Chain& chain) {
    for (size_t i = 1; i < chain.headers.size(); ++i) {
        const BlockHeader& header = *chain.headers.header_at(static_cast<uint32_t>(i));
        BOOST_TEST_CONTEXT("height " << i) {
            BOOST_TEST(check_block_proof(header, chain.params));
            if (!header.is_dynafed()) continue;
            const auto verdict = check_dynafed_header(header, chain.headers.prefix(i), chain.params);
            BOOST_TEST(verdict.has_value(), (verdict ? "" : verdict.error().detail));
            BOOST_TEST(to_display(expected_current(chain.headers.prefix(i), chain.params).elided_root) ==
                       to_display(header.dynafed().current.elided_root));
        }
    }
}

size_t check_refused(const Chain& chain, const fs::path& file) {
    std::ifstream in(file);
    if (!in) return 0;
    size_t count = 0;
    for (const json& c : json::parse(in)) {
        const std::string reason = c.value("reject_reason", "");
        if (c["type"] != "block" || (reason != "invalid-dyna-fed" && reason != "block-proof-invalid")) continue;
        BOOST_TEST_CONTEXT(c["name"]) {
            const Bytes raw = hex(c["hex"]);
            Reader r(raw);
            BlockHeader header;
            describe(r, header);
            BOOST_REQUIRE(r.ok());
            const size_t parents = c["parent_height"].get<size_t>() + 1;
            if (reason == "block-proof-invalid") {
                BOOST_TEST(!check_block_proof(header, chain.params));
            } else {
                const auto verdict = check_dynafed_header(header, chain.headers.prefix(parents), chain.params);
                BOOST_TEST((!verdict && verdict.error().reason == reason));
            }
        }
        ++count;
    }
    return count;
}

BOOST_AUTO_TEST_CASE(golden_headers) {
    const fs::path root = test::vectors_root() / "golden";
    if (!fs::exists(root)) {
        BOOST_TEST_MESSAGE("SKIPPED golden: not in " << test::vectors_root().string());
        return;
    }
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
        if (entry.path().filename() != "chain.json") continue;
        const fs::path folder = entry.path().parent_path();
        std::ifstream in(entry.path());
        const json description = json::parse(in);
        const Chain chain = load_chain(folder, description);
        BOOST_TEST_CONTEXT(folder.string()) {
            check_chain(chain);
            const size_t refused = check_refused(chain, folder / "invalid.json");
            std::vector<std::string> scripts;
            for (const FedpegScript& fedpeg : fedpeg_scripts_after(chain.headers, chain.params)) {
                scripts.push_back(to_hex(fedpeg.script.view()));
            }
            BOOST_TEST(scripts == description.value("fedpegscripts_at_tip", scripts), boost::test_tools::per_element());
            const auto name = fs::relative(folder, root).string();
            BOOST_TEST_MESSAGE(name << ": " << chain.headers.size() << " headers, " << refused << " refused ones");
        }
    }
}

}  // namespace
}  // namespace sluice::fed_rules
