namespace OnchainMargin.Cli.Tests;

public sealed class OmarginTests
{
    [Theory]
    [InlineData("--help", "deploy")]
    [InlineData("--help", "Exit codes: 0 done; 1 failed")]
    [InlineData("keeper run --help", "--private-relay")]
    [InlineData("doctor --help", "--store")]
    [InlineData("account --help", "export")]
    [InlineData("order --help", "cancel")]
    [InlineData("demo --help", "--once")]
    [InlineData("backtest --help", "--prices")]
    [InlineData("surface --help", "--plots")]
    [InlineData("risk --help", "--stress")]
    [InlineData("cascade --help", "--keeper-capital")]
    public async Task Help_IsAnswered(string line, string expected)
    {
        (int code, string output, string error) = await RunAsync(line.Split(' '));

        Assert.Equal((0, string.Empty), (code, error));
        Assert.Contains(expected, output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("frobnicate", "error: 'frobnicate' is not known here. See `omargin --help`.")]
    [InlineData("account", "error: Required command was not provided. See `omargin account --help`.")]
    [InlineData("account show", "error: Required argument missing for command: 'show'. See `omargin account show --help`.")]
    [InlineData("account show seven", "error: 'seven' is not understood: give a whole number in its range. See `omargin account show --help`.")]
    [InlineData("account show -1", "error: '-1' is not understood: give a whole number in its range. See `omargin account show --help`.")]
    [InlineData("keeper run --account x", "error: The --account 'x' is not understood: give a whole number in its range. See `omargin keeper run --help`.")]
    [InlineData("deploy --threshold two", "error: The --threshold 'two' is not understood: give a whole number in its range. See `omargin deploy --help`.")]
    [InlineData("risk --book b --level much", "error: The --level 'much' is not understood: give a number. See `omargin risk --help`.")]
    public async Task BadCommandLine_IsOneSentence(string line, string expected)
    {
        (int code, string output, string error) = await RunAsync(line.Split(' '));

        Assert.Equal((2, string.Empty, expected), (code, output, error.Trim()));
    }

    [Theory]
    [InlineData("account list --deployment none.json", "error: The deployment file 'none.json' does not exist: deploy first with `omargin deploy`, or name the file of a deployment.")]
    [InlineData("order match a.json b.json --key-file none", "error: The key file 'none' does not exist: check the path and its permissions.")]
    [InlineData("order match a.json b.json --key-file 0x1111111111111111111111111111111111111111111111111111111111111111", "error: What is named as a key file looks like a key; name a file that holds it, and take the key for known if it is one.")]
    [InlineData("deploy --rpc nowhere --key-file none", "error: The key file 'none' does not exist: check the path and its permissions.")]
    [InlineData("demo --node-port 0", "error: The value 0 of --node-port is out of range: give 1 to 65535.")]
    [InlineData("keeper run --account 9223372036854775808", "error: The --account 9223372036854775808 is too large: give the number of your account, or 0 to bid on nothing.")]
    [InlineData("order sign hold 1 BTC-PERP --account 1 --price 5 --out x.json", "error: The side 'hold' is not known: give buy or sell.")]
    [InlineData("order sign buy 0 BTC-PERP --account 1 --price 5 --out x.json", "error: The size '0' is not positive: give more than 0.")]
    [InlineData("order sign buy 1 BTC-PERP --account 1 --price 5 --out x.json --valid 18446744073709551615", "error: The --valid of 18446744073709551615 seconds is too long: give at most 1000000000.")]
    [InlineData("order sign buy 1 BTC-PERP --account 1 --price 5 --out x.json --max-fee 2", "error: The fee rate '2' is out of range: give a fraction from 0 to 1, like 0.001.")]
    [InlineData("keeper run --min-profit -1", "error: The least profit (--min-profit) '-1' is below 0: give 0 or more.")]
    [InlineData("order cancel --account 1", "error: Nonces and --all are one of the two: give the nonces of orders, or --all alone.")]
    [InlineData("order cancel 7 --all --account 1", "error: Nonces and --all are one of the two: give the nonces of orders, or --all alone.")]
    [InlineData("account appoint 1 0x00000000000000000000000000000000000000aa --may withdraw", "error: The right 'withdraw' is not known: give trade, cancel or move.")]
    [InlineData("account appoint 1 0x00000000000000000000000000000000000000aa --may trade --valid 18446744073709551615", "error: The --valid of 18446744073709551615 seconds is too long: give at most 1000000000.")]
    public async Task BadInput_IsOneSentence(string line, string expected)
    {
        (int code, string output, string error) = await RunAsync(line.Split(' '));

        Assert.Equal((1, string.Empty, expected), (code, output, error.Trim()));
    }

    /// <summary>An empty path, which a script makes of a variable that is not set, is told as any file that is not there.</summary>
    [Theory]
    [InlineData("account list --deployment", "")]
    [InlineData("account open --key-file", "")]
    [InlineData("order match a b --key-file", "")]
    [InlineData("keeper run --key-file", "")]
    [InlineData("keeper run --store", " --key-file")]
    [InlineData("deploy --plan", "")]
    [InlineData("deploy --out", " --key-file")]
    [InlineData("solver run --config", "")]
    [InlineData("solver run --deployment", "")]
    [InlineData("solver run --store", "")]
    [InlineData("doctor --deployment", "")]
    [InlineData("doctor --key-file", "")]
    [InlineData("doctor --store", "")]
    [InlineData("demo --directory", "")]
    [InlineData("params check", "")]
    [InlineData("margin --book", "")]
    [InlineData("propose --prices x --book", "")]
    [InlineData("risk --book", "")]
    [InlineData("cascade --prices", "")]
    [InlineData("backtest --prices", "")]
    public async Task EmptyPath_IsOneSentence(string line, string keyOption)
    {
        string key = Path.Combine(Directory.CreateTempSubdirectory("omargin-cli-").FullName, "key");
        await File.WriteAllTextAsync(key, "0x" + new string('7', 64));
        (int code, _, string error) = await RunAsync([.. line.Split(' '), "", .. keyOption.Split(' ', StringSplitOptions.RemoveEmptyEntries).SelectMany(option => new[] { option, key })]);

        Assert.Equal((1, "error: "), (code, error[..7]));
        Assert.Single(error.Trim().Split('\n'));
        Assert.DoesNotContain("Parameter '", error, StringComparison.Ordinal);
    }

    /// <summary>A full disk behind the output is a sentence, too.</summary>
    [Fact]
    public async Task OutputThatCannotBeWritten_IsOneSentence()
    {
        using var error = new StringWriter();
        await using var full = new FullDisk();

        Assert.Equal(1, await Omargin.RunAsync(["completion", "bash"], full, error));
        Assert.Equal("error: Something could not be read or written (No space left on device): check the free space and the permissions.", error.ToString().Trim());
    }

    [Theory]
    [InlineData("account ", "export\nlist\nopen\nshow")]
    [InlineData("order sign --p", "--post-only\n--price")]
    [InlineData("completion ", "bash\nfish\nzsh")]
    public async Task Completion_OfALine_IsWhatMayStandThere(string line, string expected)
    {
        (int code, string output, _) = await RunAsync([$"[suggest:{line.Length}]", line]);
        string[] offered = [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

        Assert.Equal(0, code);
        Assert.Empty(expected.Split('\n').Except(offered));
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _omargin omargin")]
    [InlineData("zsh", "compdef _omargin omargin")]
    [InlineData("fish", "complete -c omargin")]
    public async Task CompletionScript_OfAShell_IsWritten(string shell, string expected)
    {
        (int code, string output, _) = await RunAsync(["completion", shell]);

        Assert.Equal(0, code);
        Assert.Contains(expected, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_EveryCommand_TakesIt()
    {
        // It writes what is no data of its own: a script.
        string[] apart = ["completion"];
        var without = new List<string>();
        async Task LookAsync(string path)
        {
            (_, string help, _) = await RunAsync([.. path.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);
            string[] lines = help.Split('\n');
            string[] commands = [.. lines.SkipWhile(static line => !line.StartsWith("Commands:", StringComparison.Ordinal)).Skip(1).Where(static line => line.StartsWith("  ", StringComparison.Ordinal) && line[2] != ' ').Select(static line => line.Trim().Split(' ')[0])];
            if (commands.Length == 0 && !help.Contains("--json", StringComparison.Ordinal))
            {
                without.Add(path);
            }

            foreach (string command in commands)
            {
                await LookAsync($"{path} {command}".Trim());
            }
        }

        await LookAsync("");
        Assert.Equal(apart, without.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Doctor_NothingInPlace_SaysWhatIsMissingForEach()
    {
        (int code, string output, string error) = await RunAsync(["doctor", "--rpc", "http://127.0.0.1:1", "--deployment", "none.json", "--store", "none.db", "--json"]);

        Assert.Equal(1, code);
        Assert.StartsWith("error: 3 of ", error, StringComparison.Ordinal);
        using var answer = System.Text.Json.JsonDocument.Parse(output);
        var states = answer.RootElement.GetProperty("checks").EnumerateArray().ToDictionary(static check => check.GetProperty("check").GetString()!, static check => check.GetProperty("state").GetString());
        Assert.Equal(("Failed", "Failed", "Failed", "Skipped"), (states["deployment"], states["node"], states["store"], states["prices"]));
    }

    [Theory]
    [InlineData(true, "Odd", "the guardian has paused it: positions can only be made smaller")]
    [InlineData(false, "Well", "goes on; ")]
    public void Doctor_Pause_IsTold(bool isPaused, string state, string expected)
    {
        Doctor.Finding finding = Doctor.Checkup.Trading(Protocol.Book.ProtocolBook.Empty with { IsPaused = isPaused });
        Assert.Equal(("trading", state), (finding.Check, finding.State.ToString()));
        Assert.StartsWith(expected, finding.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://me:secret@127.0.0.1:1/v3/secret", "The node at https://127.0.0.1:1 could not be reached")]
    [InlineData("wss://me:secret@127.0.0.1:1/v3/secret", "The node's address (wss://127.0.0.1:1) is not an http or https address")]
    public async Task Doctor_AddressesWithSecrets_AreToldByTheirHostsAlone(string address, string expected)
    {
        (_, string output, string error) = await RunAsync(["doctor", "--rpc", address, "--api", address, "--deployment", "none.json", "--json"]);

        Assert.Contains(expected, System.Text.RegularExpressions.Regex.Unescape(output), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", output + error, StringComparison.Ordinal);
    }

    /// <summary>Lists of several sources are one by places: the keeper of the file's third place would be played beside the two.</summary>
    [Fact]
    public async Task SolverRun_WithRoles_PlaysThoseAlone()
    {
        string file = Path.Combine(Directory.CreateTempSubdirectory("omargin-cli-").FullName, "solver.json");
        await File.WriteAllTextAsync(file, """{ "roles": ["indexer", "risk", "keeper"], "deploymentFile": "none.json" }""");

        (_, _, string all) = await RunAsync(["solver", "run", "--config", file]);
        (_, _, string two) = await RunAsync(["solver", "run", "--config", file, "--role", "indexer", "--role", "api"]);

        Assert.StartsWith("error: Option keeper:key:file is not set", all, StringComparison.Ordinal);
        Assert.StartsWith("error: The deployment file 'none.json' does not exist", two, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("account", "list")]
    [InlineData("health")]
    public async Task UnreachableNode_IsOneSentence(params string[] command)
    {
        string deployment = Path.Combine(Directory.CreateTempSubdirectory("omargin-cli-").FullName, "deployment.json");
        OnchainMargin.Protocol.Deployment.DeploymentFile.Write(deployment, Samples.Deployment());

        (int code, string output, string error) = await RunAsync([.. command, "--deployment", deployment, "--rpc", "http://127.0.0.1:1"]);

        Assert.Equal((1, string.Empty), (code, output));
        Assert.StartsWith("error: The node at http://127.0.0.1:1 could not be reached", error, StringComparison.Ordinal);
        Assert.Single(error.Trim().Split('\n'));
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(string[] arguments)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        int code = await Omargin.RunAsync(arguments, output, error);
        return (code, output.ToString(), error.ToString());
    }

    private sealed class FullDisk : StringWriter
    {
        public override void WriteLine(string? value) => throw new IOException("No space left on device");
    }
}
