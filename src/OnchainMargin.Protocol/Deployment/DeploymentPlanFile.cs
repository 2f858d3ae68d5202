using System.Text.Json;
using System.Text.Json.Serialization;
using OnchainMargin.Ethereum;

namespace OnchainMargin.Protocol.Deployment;

/// <summary>Reads deployment plans.</summary>
public static class DeploymentPlanFile
{
    private const string Local = "OnchainMargin.Protocol.Deployment.local-plan.json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
    };

    /// <summary>Reads a plan from a file, or the one for local chains.</summary>
    /// <param name="path">The file; null for the local plan.</param>
    /// <exception cref="DeploymentException">The file cannot be read or is no plan.</exception>
    public static DeploymentPlan Read(string? path)
    {
        string name = path is null ? "of local chains" : $"'{path}'";
        try
        {
            using Stream stream = path is null ? typeof(DeploymentPlanFile).Assembly.GetManifestResourceStream(Local)! : File.OpenRead(path);
            return JsonSerializer.Deserialize<DeploymentPlan>(stream, Json) ?? throw new DeploymentException($"The deployment plan {name} holds null: give a plan.");
        }
        catch (Exception exception) when (exception is JsonException or EthereumException)
        {
            throw new DeploymentException($"The deployment plan {name} is not one ({JsonFault.Of(exception)}): correct it; docs/operations.md says where a whole plan lies.", exception);
        }
        catch (Exception exception) when (FileFault.Is(exception))
        {
            throw new DeploymentException($"The deployment plan {name} cannot be read: check the path and its permissions.", exception);
        }
    }
}
