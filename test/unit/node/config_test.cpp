#include "node/config.h"

#include <boost/test/unit_test.hpp>
#include <fstream>

using namespace sluice;
using namespace sluice::node;
namespace fs = std::filesystem;

namespace {

struct Folder {
    Folder() {
        std::string name = (fs::temp_directory_path() / "sluice-config-XXXXXX").string();
        path = mkdtemp(name.data());
    }
    ~Folder() { fs::remove_all(path); }
    void write(const std::string& name, const std::string& text) const { std::ofstream(path / name) << text; }
    [[nodiscard]] Result<Config> load(std::vector<std::string> args, Program program = Program::kDaemon) const {
        args.insert(args.begin(), "-datadir=" + path.string());
        return load_config(program, args, "/nowhere");
    }
    fs::path path;
};

std::string joined(const std::vector<std::string>& parts) {
    std::string out;
    for (const std::string& part : parts) out += part + ";";
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(config)

BOOST_AUTO_TEST_CASE(unknown_options_and_stray_words_are_refused) {
    const Folder folder;
    BOOST_TEST(folder.load({"-foo"}).error().message == "Error parsing command line arguments: Invalid parameter -foo");
    BOOST_TEST(folder.load({"-regtest.port=1"}).error().message ==
               "Error parsing command line arguments: Invalid parameter -regtest.port=1");
    BOOST_TEST(folder.load({"word"}).error().message ==
               "Command line contains unexpected token 'word', see sluiced -h for a list of options.");
    BOOST_TEST(folder.load({"-nodatadir"}).error().message ==
               "Error parsing command line arguments: Negating of -datadir is meaningless and therefore forbidden");
    BOOST_TEST(folder.load({"-proxy"}).error().message ==
               "Error parsing command line arguments: Can not set -proxy with no value. Please specify value with "
               "-proxy=value.");
    BOOST_TEST(load_config(Program::kDaemon, {"-datadir=/does/not/exist"}, "/x").error().message ==
               "Specified data directory \"/does/not/exist\" does not exist.");
    BOOST_TEST(folder.load({"-conf=none.conf"}).error().message ==
               "Error reading configuration file: specified config file \"" + (folder.path / "none.conf").string() +
                   "\" could not be opened.");
    BOOST_TEST(!folder.load({"-chain=../x"}).has_value());
    BOOST_TEST(!folder.load({"-regtest"}).has_value());
}

BOOST_AUTO_TEST_CASE(command_line_goes_before_the_file_and_the_section_before_the_rest) {
    const Folder folder;
    folder.write("elements.conf",
                 "chain=mine\n# comment\nrpcuser = general # tail\nrpcuser=second\npar=1\n[mine]\nrpcuser=own\nport=7\n"
                 "[other]\nport=8\npar=2\n");
    const Config config = folder.load({"-par=5", "--par=6"}).value();
    BOOST_TEST(config.chain == "mine");
    BOOST_TEST(config.chain_dir == folder.path / "mine");
    BOOST_TEST(config.options.get("par").value() == "6");
    BOOST_TEST(config.options.get("rpcuser").value() == "own");
    BOOST_TEST(config.options.get_int("port", 0).value() == 7);
    BOOST_TEST(!config.options.is_set("listen"));
    BOOST_REQUIRE_EQUAL(config.warnings.size(), 1u);
    BOOST_TEST(config.warnings[0].ends_with("elements.conf:9 Section [other] is not recognized."));
    BOOST_TEST(folder.load({"-chain=third"}).value().options.get("rpcuser").value() == "general");
}

BOOST_AUTO_TEST_CASE(negation_and_lists) {
    const Folder folder;
    folder.write("elements.conf",
                 "[mine]\naddnode=c\naddnode=d\nnolisten=1\ndebug=net\nnodebug=1\ndebug=rpc\nmine2.x=1\n");
    const Config plain = folder.load({"-chain=mine", "-addnode=a", "-addnode=b"}).value();
    BOOST_TEST(joined(plain.options.get_all("addnode")) == "a;b;c;d;");
    BOOST_TEST(plain.options.get("addnode").value() == "b");
    BOOST_TEST(!plain.options.get_bool("listen", true));
    BOOST_TEST(joined(plain.options.get_all("debug")) == "rpc;");
    const Config negated = folder.load({"-chain=mine", "-addnode=a", "-noaddnode", "-nolisten=0"}).value();
    BOOST_TEST(joined(negated.options.get_all("addnode")) == "");
    BOOST_TEST(negated.options.get("addnode").value() == "0");
    BOOST_TEST(negated.options.get_bool("listen", false));
}

BOOST_AUTO_TEST_CASE(network_options_outside_their_section_stop_the_daemon) {
    const Folder folder;
    folder.write("elements.conf", "port=7\n");
    BOOST_TEST(folder.load({"-chain=mine"}).error().message ==
               "Config setting for -port only applied on mine network when in [mine] section.");
    BOOST_TEST(folder.load({"-chain=mine", "-port=9"}).value().options.get("port").value() == "9");
    BOOST_TEST(folder.load({}).value().options.get("port").value() == "7");
    BOOST_TEST(folder.load({"-chain=mine"}, Program::kCli).has_value());
}

BOOST_AUTO_TEST_CASE(files_include_files_once) {
    const Folder folder;
    folder.write("elements.conf", "includeconf=more.conf\nunknownthing=1\n");
    folder.write("more.conf", "rpcuser=included\nincludeconf=third.conf\n");
    const Config config = folder.load({}).value();
    BOOST_TEST(config.options.get("rpcuser").value() == "included");
    BOOST_TEST(joined(config.warnings) ==
               "Ignoring unknown configuration value unknownthing;-includeconf cannot be used from included files; it "
               "is ignored there;");
    BOOST_TEST(!folder.load({"-noincludeconf"}).value().options.is_set("rpcuser"));
    BOOST_TEST(!folder.load({"-noconf"}).value().options.is_set("includeconf"));
    BOOST_TEST(folder.load({"-includeconf=x"}).error().message.find("cannot be used from commandline") !=
               std::string::npos);
    BOOST_TEST(folder.load({"-noincludeconf=0"}).error().message ==
               "Error parsing command line arguments: -includeconf cannot be used from commandline; -includeconf=true");
    folder.write("elements.conf", "includeconf=absent.conf\n");
    BOOST_TEST(folder.load({}).error().message ==
               "Error reading configuration file: Failed to include configuration file absent.conf");
}

BOOST_AUTO_TEST_CASE(broken_files_name_the_line) {
    const auto error = [](const char* text) { return parse_config_text(text).error().message; };
    BOOST_TEST(error("a=1\nrubbish\n") == "parse error on line 2: rubbish");
    BOOST_TEST(error("nolisten") ==
               "parse error on line 1: nolisten, if you intended to specify a negated option, use nolisten=1 instead");
    BOOST_TEST(error("-a=1") ==
               "parse error on line 1: -a=1, options in configuration file must be specified without leading -");
    BOOST_TEST(error("rpcpassword=a#b") ==
               "parse error on line 1, using # in rpcpassword can be ambiguous and should be avoided");
    BOOST_TEST(parse_config_text("\xff\xfe=\n[x]\n\n")->lines.size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_is_not_supported_is_said_or_refused) {
    const Folder folder;
    BOOST_TEST(joined(folder.load({"-coinstatsindex"}).value().warnings) ==
               "-coinstatsindex has no effect in this program;");
    BOOST_TEST(folder.load({"-proxy=127.0.0.1:9050"}).error().message ==
               "-proxy=127.0.0.1:9050 is not supported by this program");
    BOOST_TEST(folder.load({"-daemon"}).error().message == "-daemon is not supported by this program");
    BOOST_TEST(folder.load({"-noproxy", "-prune=0", "-walletbroadcast=1"}).has_value());
    BOOST_TEST(folder.load({"-walletbroadcast=0"}).error().message ==
               "-walletbroadcast=0 is not supported by this program");
}

BOOST_AUTO_TEST_CASE(the_client_keeps_its_arguments) {
    const Folder folder;
    const Config config = folder.load({"-named", "getblock", "-x", "y=1"}, Program::kCli).value();
    BOOST_TEST(joined(config.positional) == "getblock;-x;y=1;");
    BOOST_TEST(config.options.get_bool("named", false));
    BOOST_TEST(folder.load({"-?"}).value().show_help);
    BOOST_TEST(folder.load({"-version"}).value().show_version);
    BOOST_TEST(help_text(Program::kDaemon).find("  -rpcauth=<userpw>\n") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
