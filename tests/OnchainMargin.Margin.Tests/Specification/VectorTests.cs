using System.Text.Json.Nodes;
using OnchainMargin.Oracle;

namespace OnchainMargin.Margin.Tests.Specification;

/// <summary>spec/vectors and spec/corpus against the oracle and the engine, and the vectors against what generates them.</summary>
public sealed class VectorTests
{
    private static readonly IReadOnlyDictionary<string, Vector> Vectors = VectorFiles.Read().ToDictionary(vector => vector.ToString());

    public static TheoryData<string> Names => [.. Vectors.Keys];

    [Fact]
    public void Files_AreWhatTheGeneratorWrites()
    {
        IReadOnlyList<Vector> generated = VectorCases.All();
        if (Environment.GetEnvironmentVariable("WRITE_VECTORS") == "1")
        {
            VectorFiles.Write(generated);
            VectorFiles.RenewCorpus();
        }

        Assert.Equal(generated.Count, generated.Select(vector => vector.ToString()).Distinct().Count());
        foreach (Vector vector in generated)
        {
            string path = Path.Combine(VectorFiles.Folder, vector.Rule, vector.Name + ".json");
            Assert.True(File.Exists(path), $"{path} is missing: run WRITE_VECTORS=1 dotnet test tests/OnchainMargin.Margin.Tests --filter Files_AreWhatTheGeneratorWrites");
            Assert.Equal(VectorFiles.Text(vector), File.ReadAllText(path));
        }

        string[] known = [.. generated.Select(vector => Path.Combine(VectorFiles.Folder, vector.Rule, vector.Name + ".json"))];
        Assert.Empty(Directory.GetFiles(VectorFiles.Folder, "*.json", SearchOption.AllDirectories).Except(known));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Oracle_Vector_GivesEveryExpectedNumber(string name)
    {
        Vector vector = Vectors[name];
        Assert.Equal(vector.Expected.ToJsonString(), VectorEvaluator.Evaluate(vector).ToJsonString());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Engine_Vector_GivesEveryExpectedNumber(string name)
    {
        Vector vector = Vectors[name];
        if (!vector.Inputs.ContainsKey("state"))
        {
            Assert.Equal(vector.Expected.ToJsonString(), EngineVectors.Evaluate(vector).ToJsonString());
        }
        else if (vector.Expected["error"]?.GetValue<string>() is { } error)
        {
            Assert.Equal(error, EngineError(vector));
        }
        else
        {
            AccountInputs inputs = AccountJson.Read(vector.Inputs);
            var engine = new EngineAccount(inputs);
            AccountReport report = AccountRules.Evaluate(inputs);
            Assert.Empty(engine.Differences(report, vector.Out("standardE8")));
            Assert.Equal(vector.Expected["maintenanceE8"]!.GetValue<string>(), MarginEngine.Compute(engine.State, engine.Balances.AsSpan(), engine.View, engine.Choice).MaintenanceE8.ToString());
            if (vector.Rule == "MRG-057")
            {
                Assert.Equal(vector.Expected["witnessE8"]!.GetValue<string>(), engine.Witness(AccountJson.Bytes(vector.Inputs["witness"])));
            }
        }
    }

    private static string EngineError(Vector vector)
    {
        MarginError error = AccountState.Unpack(AccountJson.Bytes(vector.Inputs["state"]), out AccountState? state);
        if (error != MarginError.None)
        {
            return error.ToString();
        }

        JsonObject inputs = vector.Inputs;
        List<byte[]> records = [.. inputs["records"]!.AsArray().Select(AccountJson.Bytes)];
        Assert.Equal(MarginError.None, Checkpoint.Unpack(AccountJson.Bytes(inputs["checkpoint"]), records, out Checkpoint? checkpoint));
        Balance[] balances = [.. StateEncoding.UnpackBalances(AccountJson.Bytes(inputs["balances"])).Select(balance => new Balance((ushort)balance.Token, (UInt128)balance.AmountRaw))];
        var view = new CheckpointView(checkpoint!);
        var choice = (SurfaceChoice)(int)Enum.Parse<Choice>(inputs["choice"]!.GetValue<string>());
        error = vector.Rule == "MRG-057"
            ? Witness.Evaluate(state!, balances, view, choice, AccountJson.Bytes(inputs["witness"]), out _, out _)
            : MarginEngine.TryCompute(state!, balances, view, choice, out _);
        return error.ToString();
    }
}
